using System.Text.RegularExpressions;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Architecture;

/// <summary>No text of a stranger can keep a regular expression busy: none backtracks, or it has a limit of time.</summary>
public sealed partial class RegexTests
{
    private static readonly string[] Projects = ["core", "extensions", "grain-interfaces", "grains", "gateway-api", "silo"];

    [Fact]
    public void Expressions_OfTheProduct_CannotRunAway()
    {
        var unbounded = new List<string>();
        var seen = 0;
        foreach (var file in Projects.SelectMany(project => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            foreach (Match use in Uses().Matches(File.ReadAllText(file)))
            {
                seen++;
                if (!use.Value.Contains("NonBacktracking", StringComparison.Ordinal) && !use.Value.Contains("matchTimeout", StringComparison.Ordinal))
                {
                    unbounded.Add($"{Path.GetRelativePath(RepositoryPaths.Root, file)}: {use.Value.ReplaceLineEndings(" ")}");
                }
            }
        }

        Assert.InRange(seen, 15, 1000);
        Assert.Equal([], unbounded);
    }

    // That they come to an end is what is tested: a backtracking one would not.
    [Fact]
    public void Texts_MadeToRunAway_AreRead()
    {
        string[] texts =
        [
            new string('a', 64 * 1024) + "!", string.Concat(Enumerable.Repeat("a.", 32 * 1024)), string.Concat(Enumerable.Repeat("sk-", 20 * 1024)), string.Concat(Enumerable.Repeat("eyJ.", 16 * 1024)),
            string.Concat(Enumerable.Repeat("://a:", 16 * 1024)), string.Concat(Enumerable.Repeat("?key=", 16 * 1024)), "-----BEGIN " + new string('A', 64 * 1024), new string('<', 64 * 1024),
        ];
        foreach (var text in texts)
        {
            Assert.NotEmpty(SecretPatterns.Redact(text));
            Assert.NotEmpty(UpstreamText.Clean(text, "fallback"));
        }
    }

    // From the call or attribute to the end of its statement or of the attribute.
    [GeneratedRegex(@"(\bnew Regex\(|\bRegex Any = new\(|\bRegex \w+ = new\(|\[GeneratedRegex\()[\s\S]*?(\);|\)\]|\)\r?\n\s*\])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Uses();
}
