using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.OwnCode;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

/// <summary>Holds <c>docs/providers/own-code.md</c> to what an extension's adapter is asked, row by row.</summary>
public sealed class OwnCodeFieldTableTests
{
    private const string Page = "own-code.md";
    private const string Tool = """ "tools":[{"type":"function","function":{"name":"f"}}] """;

    public static TheoryData<string, string, string, string> Rows => DocumentedFields.Rows(Page);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var body = JsonNode.Parse("{" + Tool + "}")!.AsObject();
        body[field] = JsonNode.Parse(example);
        var request = OwnCodeCase.Provider.Chat(body.ToJsonString()[1..^1]);
        if (verdict == "refused")
        {
            var refusal = OwnCodeCase.Refused(request);
            Assert.Equal((400, "unsupported_parameter", field), (refusal.Status, refusal.Code, refusal.Param));
            return;
        }

        var asked = OwnCodeCase.ToJson(OwnCodeCase.Asked(request, out var warnings));
        if (verdict == "dropped")
        {
            Assert.Equal($"{field}: dropped", warnings);
            var usual = OwnCodeCase.ToJson(OwnCodeCase.Asked(OwnCodeCase.Provider.Chat(Tool), out _));
            Assert.True(JsonNode.DeepEquals(usual, asked), asked.ToJsonString());
            return;
        }

        Assert.Equal("mapped", verdict);
        foreach (var (name, value) in JsonNode.Parse(sent)!.AsObject())
        {
            ProviderCase.AssertJson(value!.ToJsonString(), asked[name]);
        }
    }

    [Fact]
    public void Table_Documented_HasEveryFieldTheCodeKnows() => DocumentedFields.AssertComplete(Page, OwnCodeFields.Table);
}
