using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

/// <summary>Holds <c>docs/providers/gemini.md</c> to the adapter, row by row.</summary>
public sealed class GeminiFieldTableTests
{
    public static TheoryData<string, string, string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var row in ReadTable())
            {
                data.Add(row.Field, row.Example, row.Verdict, row.Sent);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var usual = new JsonObject
        {
            ["model"] = "gemini-3-flash-preview",
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hi"}]"""),
            ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"f"}}]"""),
        };
        var expected = GeminiCase.Sent(GeminiCase.Request(usual.ToJsonString()));
        usual[field] = JsonNode.Parse(example);

        var upstream = GeminiCase.Adapter.CreateRequest(GeminiCase.Target(), GeminiCase.Request(usual.ToJsonString()));

        if (verdict == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param));
            return;
        }

        Assert.Null(upstream.Refusal);
        Assert.Equal(verdict == "dropped" ? $"{field}: dropped" : null, upstream.Warnings);
        Assert.Contains(verdict, (string[])["mapped", "dropped"]);
        foreach (var (name, value) in JsonNode.Parse(verdict == "mapped" ? sent : "{}")!.AsObject())
        {
            expected[name] = value!.DeepClone();
        }

        var body = GeminiCase.Body(upstream);
        GeminiCase.AssertJson(expected.ToJsonString(), body);
    }

    [Fact]
    public void Table_Documented_HasEveryFieldTheCodeKnows()
    {
        var documented = ReadTable().Select(static row => row.Field).Where(static field => field != "x_unknown").Distinct();

        Assert.Equal(GeminiFields.Table.Known.Select(static field => field.Key).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Field, string Example, string Verdict, string Sent)> ReadTable()
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "providers", "gemini.md"));
        return lines
            .SkipWhile(static line => !line.StartsWith("| Field |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('|'))
            .Select(static cells => (Code(cells[1]), Code(cells[2]), cells[3].Trim(), Code(cells[4])));
    }

    private static string Code(string cell) => cell.Trim().Trim('`');

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ProxyCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
