using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Configuration;

/// <summary>The shipped schema tells an editor what the program takes: held to files that it takes and files that it refuses.</summary>
public sealed partial class SchemaSampleTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSchema Schema = JsonSchema.FromText(ConfigurationSchema.Generate(OptionDocumentation.OfThisBuild()));

    /// <summary>Every whole file that the documents show.</summary>
    public static TheoryData<string, string> Shown()
    {
        var data = new TheoryData<string, string>();
        foreach (var document in Documents())
        {
            foreach (Match match in Block().Matches(File.ReadAllText(document)))
            {
                if (match.Groups[1].Value.StartsWith('{') && match.Groups[1].Value.Contains("\"Providers\"", StringComparison.Ordinal))
                {
                    data.Add(Path.GetFileName(document), match.Groups[1].Value);
                }
            }
        }

        data.Add("corpus", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "corpus", "configuration", "full")));
        return data;
    }

    [Fact]
    public void Documents_ShowFiles() => Assert.Superset(
        new HashSet<string> { "README.md", "configuration.md", "corpus" }, Shown().Select(row => (string)row.Data.Item1).ToHashSet());

    [Theory, MemberData(nameof(Shown))]
    public void File_ThatIsShown_FitsTheSchema(string document, string json) => Assert.True(Fits(json), $"{document}: {json}");

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "openai", "Models": [ "*" ], "ApiKeys": [ "a", "b" ], "Enabled": false } ] }""")]
    [InlineData("""{ "Cluster": { "Redis": null }, "Listen": { "Admin": null } }""")]
    public void File_ThatTheProgramTakes_FitsTheSchema(string json)
    {
        Assert.Empty(ConfigurationFiles.Read(json).Faults);
        Assert.True(Fits(json));
    }

    [Theory]
    [InlineData("""{ "Provider": [] }""")]
    [InlineData("""{ "Role": "boss" }""")]
    [InlineData("""{ "RateLimits": { "RequestsPerMinute": "many" } }""")]
    [InlineData("""{ "RateLimits": { "RequestsPerMinute": -1 } }""")]
    [InlineData("""{ "RateLimits": { "RequestPerMinute": 1 } }""")]
    [InlineData("""{ "Providers": "openai" }""")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "openai", "Models": [ { "Id": "m", "InputCostPerMillion": "free" } ] } ] }""")]
    [InlineData("""{ "Listen": { "DrainSeconds": 3601 } }""")]
    [InlineData("""{ "Telemetry": { "LogFormat": "xml" } }""")]
    [InlineData("[]")]
    public void File_ThatTheProgramRefuses_DoesNotFitTheSchema(string json)
    {
        Assert.NotEmpty(ConfigurationFiles.Read(json).Faults);
        Assert.False(Fits(json));
    }

    private static bool Fits(string json)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        return Schema.Evaluate(document.RootElement).IsValid;
    }

    private static IEnumerable<string> Documents() =>
        [Path.Combine(RepositoryPaths.Root, "README.md"), .. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "docs"), "*.md")];

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
