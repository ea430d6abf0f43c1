using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>Holds <c>docs/providers/bedrock.md</c> to the adapter, row by row.</summary>
public sealed class BedrockFieldTableTests
{
    public static TheoryData<string, string, string, string> Rows =>
        new(FieldTablePage.Read("bedrock").Select(static row => (row.Field, row.Example, row.Verdict, row.Sent)));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var body = new JsonObject
        {
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hi"}]"""),
            ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"f"}}]"""),
            ["model"] = "m",
            [field] = JsonNode.Parse(example),
        };

        var upstream = BedrockCase.Adapter.CreateRequest(BedrockCase.Target("us.anthropic.claude-opus-4-6-v1"), BedrockCase.Request(body.ToJsonString()));

        if (verdict == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param));
            return;
        }

        Assert.Null(upstream.Refusal);
        Assert.Equal(verdict == "dropped" ? $"{field}: dropped" : null, upstream.Warnings);
        var written = BedrockCase.Body(upstream);
        if (verdict == "dropped")
        {
            Assert.Equal(["messages", "toolConfig"], ((IDictionary<string, JsonNode?>)written).Keys.Order());
            return;
        }

        Assert.Equal("mapped", verdict);
        foreach (var (name, value) in JsonNode.Parse(sent)!.AsObject())
        {
            BedrockCase.AssertJson(value!.ToJsonString(), written[name]);
        }
    }

    [Fact]
    public void Table_Documented_HasEveryFieldTheCodeKnows()
    {
        var documented = FieldTablePage.Read("bedrock").Where(static row => row.Field != "x_unknown").Select(static row => row.Field).Distinct();

        Assert.Equal(BedrockFields.Table.Known.Select(static row => row.Key).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_Documented_SaysOfEachFieldWhatTheCodeDoes()
    {
        var verdicts = BedrockFields.Table.Known.ToDictionary(static row => row.Key, static row => row.Value);

        Assert.All(
            FieldTablePage.Read("bedrock").Where(static row => row.Field != "x_unknown").GroupBy(static row => row.Field),
            rows => Assert.Contains(rows, row => Enum.Parse<FieldVerdict>(row.Verdict, ignoreCase: true) == verdicts[row.Field]));
    }
}
