using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Architecture;

/// <summary>Directives stand as <c>dotnet format</c> puts them, which no rule of the build looks at: of the system first, then by name, static ones and aliases last.</summary>
public sealed class UsingOrderTests
{
    private static readonly string[] Generated = [$"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"];

    [Fact]
    public void Directives_OfEachFile_AreInOrder()
    {
        var files = Directory.EnumerateFiles(RepositoryPaths.Root, "*.cs", SearchOption.AllDirectories)
            .Where(static file => !Array.Exists(Generated, part => file.Contains(part, StringComparison.Ordinal)))
            .ToList();

        Assert.InRange(files.Count, 1000, 100_000);
        Assert.Equal([], files.Where(static file => !IsInOrder(Directives(file))).Select(static file => Path.GetRelativePath(RepositoryPaths.Root, file)));
    }

    private static List<string> Directives(string file) =>
        [.. File.ReadLines(file).TakeWhile(static line => line.Length == 0 || line.StartsWith("using ", StringComparison.Ordinal)).Where(static line => line.Length > 0)];

    private static bool IsInOrder(List<string> directives) => directives.SequenceEqual(directives.Order(Comparer<string>.Create(Compare)));

    private static int Compare(string one, string other)
    {
        var (first, second) = (Kind(one), Kind(other));
        return first != second ? first.CompareTo(second) : StringComparer.OrdinalIgnoreCase.Compare(Name(one), Name(other));
    }

    private static int Kind(string directive) => directive switch
    {
        _ when directive.Contains('=', StringComparison.Ordinal) => 4,
        _ when directive.StartsWith("using static System", StringComparison.Ordinal) => 2,
        _ when directive.StartsWith("using static ", StringComparison.Ordinal) => 3,
        _ when directive is "using System;" || directive.StartsWith("using System.", StringComparison.Ordinal) => 0,
        _ => 1,
    };

    private static string Name(string directive) => directive.TrimEnd(';').Replace("using static ", "", StringComparison.Ordinal).Replace("using ", "", StringComparison.Ordinal);
}
