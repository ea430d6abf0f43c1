using System.Reflection;
using System.Text.RegularExpressions;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Telemetry;

/// <summary>Holds <c>docs/telemetry.md</c> to the code: it lists every instrument, span and attribute, and no other.</summary>
public sealed partial class TelemetryDocumentTests
{
    private static readonly string[] Projects = ["core", "gateway-api", "grains", "silo"];

    [Fact]
    public void Names_InTheCode_AreThoseOfTheDocument()
    {
        var told = Names(DocumentName(), File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "telemetry.md")));

        Assert.Equal(Used(CodeName()), told);
    }

    [Fact]
    public void Stages_InTheCode_AreInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "telemetry.md"));
        var stages = typeof(GatewayApi.Telemetry.GatewayTracing)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && field.Name is not ("SourceName" or "HttpStatus"))
            .Select(field => (string)field.GetRawConstantValue()!)
            .ToList();

        Assert.Equal(4, stages.Count);
        Assert.All(stages, stage => Assert.Contains($"`{stage}`", document, StringComparison.Ordinal));
    }

    private static SortedSet<string> Used(Regex name) => new(
        Projects.SelectMany(project => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Names(name, File.ReadAllText(file))),
        StringComparer.Ordinal);

    private static SortedSet<string> Names(Regex name, string text) => new(
        name.Matches(text).Select(match => match.Groups[1].Value).Where(found => !found.EndsWith(".json", StringComparison.Ordinal)),
        StringComparer.Ordinal);

    [GeneratedRegex("\"((?:proxycluster|gen_ai)\\.[a-z_.]+)\"")]
    private static partial Regex CodeName();

    [GeneratedRegex("`((?:proxycluster|gen_ai)\\.[a-z_.]+)`")]
    private static partial Regex DocumentName();
}
