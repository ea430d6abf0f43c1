using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

/// <summary>Holds <c>docs/providers/anthropic.md</c> to the adapter, row by row.</summary>
public sealed class AnthropicFieldTableTests
{
    private const string Page = "anthropic.md";

    public static TheoryData<string, string, string, string> Rows => DocumentedFields.Rows(Page);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var body = new JsonObject
        {
            ["model"] = "claude-opus-4-6",
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hi"}]"""),
            ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"f"}}]"""),
            [field] = JsonNode.Parse(example),
        };

        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), AnthropicCase.Request(body.ToJsonString()));

        if (verdict == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param));
            return;
        }

        Assert.Null(upstream.Refusal);
        Assert.Equal(verdict == "dropped" ? $"{field}: dropped" : null, upstream.Warnings);
        var message = AnthropicCase.Body(upstream);
        if (verdict == "dropped")
        {
            Assert.Equal(["max_tokens", "messages", "model", "tools"], message.Select(static member => member.Key).Order());
            return;
        }

        Assert.Equal("mapped", verdict);
        foreach (var (name, value) in JsonNode.Parse(sent)!.AsObject())
        {
            AnthropicCase.AssertJson(value!.ToJsonString(), message[name]);
        }
    }

    [Fact]
    public void Table_Documented_HasEveryFieldTheCodeKnows() => DocumentedFields.AssertComplete(Page, AnthropicFields.Table);

    [Theory]
    [InlineData("n", "1")]
    [InlineData("logprobs", "false")]
    [InlineData("frequency_penalty", "0")]
    [InlineData("logit_bias", "{}")]
    [InlineData("modalities", """["text"]""")]
    [InlineData("functions", "[]")]
    [InlineData("audio", "null")]
    [InlineData("seed", "null")]
    public void Field_ThatAsksForNothing_IsPassedOver(string field, string value)
    {
        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), AnthropicCase.Ask($"\"{field}\":{value}"));

        Assert.Null(upstream.Refusal);
        Assert.Null(upstream.Warnings);
    }
}
