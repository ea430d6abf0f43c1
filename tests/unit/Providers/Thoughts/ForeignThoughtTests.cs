using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Unit.Providers.Thoughts;

/// <summary>
/// Conversations that several providers answered: each gets its own signed thoughts back, untouched, and nobody else's.
/// </summary>
public sealed class ForeignThoughtTests
{
    private const string GatewayId = "rs_019e704488007f87a8f7474e052cc2f700";

    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000));

    private static readonly ProviderCase Anthropic = new(new AnthropicAdapter(Clock), "claude-opus-4-6");
    private static readonly ProviderCase Bedrock = new(new BedrockAdapter(Clock), "us.anthropic.claude-opus-4-6-v1");
    private static readonly ProviderCase OpenAi = new(new ResponsesAdapter(Clock), "gpt-5");

    [Theory]
    [InlineData("""{"type":"thinking","thinking":"Hm.","signature":"gemini:c2ln"}""")]
    [InlineData("""{"type":"thinking","thinking":"Hm.","signature":"openai.rs_1.sealed"}""")]
    [InlineData("""{"type":"thinking","thinking":"Hm.","signature" : ""}""")]
    [InlineData("""{"type":"redacted_thinking","data":"openai.rs_1.sealed"}""")]
    public void Messages_ToAnthropicItself_LoseThoughtsOfAnotherMaker(string block)
    {
        var own = """{"type":"thinking","thinking":"Mine.","signature":"RXFn"}""";
        var body = $$"""
            {"model":"m","max_tokens":9,"x_own": 1.50,"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{{block}},{"type":"text","text":"b"}]},{"role":"user","content":"c"},
             {"role":"assistant","content":[{{own}},{"type":"text","text":"d"}]},{"role":"user","content":"e"},
             {"role":"assistant","content":[{{block}}]},{"role":"user","content":"f"}]}
            """;

        var upstream = Send(Anthropic, body, InferenceOperation.Messages);

        Assert.Equal("messages.thinking: dropped", upstream.Warnings);
        var text = TextOf(upstream);
        Assert.Contains("\"x_own\":1.50", text, StringComparison.Ordinal);
        Assert.Contains(own, text, StringComparison.Ordinal);
        ProviderCase.AssertJson(
            $$"""
            [{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"}]},{"role":"user","content":"c"},
             {"role":"assistant","content":[{{own}},{"type":"text","text":"d"}]},{"role":"user","content":"e"},{"role":"user","content":"f"}]
            """,
            JsonNode.Parse(text)!["messages"]);
        Assert.Equal("claude-opus-4-6", (string?)JsonNode.Parse(text)!["model"]);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"Mine.","signature":"RXFn"},{"type":"redacted_thinking","data":"c2Vj"}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"{\"signature\":\"\",\"data\":\"gemini:x\"}"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}""")]
    public void Messages_WithNothingForeign_GoThroughByteForByte(string message)
    {
        var body = $$"""{"model":"claude-opus-4-6",  "max_tokens":9,"messages":[{"role":"user","content":"a"},{{message}}]}""";

        var upstream = Send(Anthropic, body, InferenceOperation.Messages);

        Assert.IsType<PatchedContent>(upstream.Message!.Content);
        Assert.Null(upstream.Warnings);
        Assert.Equal(body, TextOf(upstream));
    }

    [Theory]
    [InlineData("enabled", false)]
    [InlineData("adaptive", true)]
    public void Thinking_WithABudget_IsNotAskedForWhereTheCallsThoughtsWereForeign(string type, bool isKept)
    {
        var upstream = Send(
            Anthropic,
            $$$"""
            {"model":"m","max_tokens":9000,"thinking":{"type":"{{{type}}}","budget_tokens":2048},"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"gemini:c2ln"},{"type":"tool_use","id":"c","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"42"}]}]}
            """,
            InferenceOperation.Messages);

        Assert.Equal(isKept, JsonNode.Parse(TextOf(upstream))!.AsObject().ContainsKey("thinking"));
        Assert.Equal(isKept ? "messages.thinking: dropped" : "thinking: dropped; messages.thinking: dropped", upstream.Warnings);
    }

    [Theory]
    [InlineData("gemini:c2ln", "dropped")]
    [InlineData("claude:RXFn", "RXFn")]
    [InlineData("gAAAsealed", "dropped")]
    public void Responses_ToClaude_GiveBackClaudesThoughtsAlone(string content, string expected)
    {
        var body = $$"""
            {"model":"m","input":[{"role":"user","content":"a"},
             {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"{{content}}"},
             {"type":"message","role":"assistant","content":"b"},{"role":"user","content":"c"}]}
            """;

        var sent = JsonNode.Parse(TextOf(Send(Anthropic, body, InferenceOperation.Responses)))!["messages"]![1]!["content"]![0]!;
        var converse = JsonNode.Parse(TextOf(Send(Bedrock, body, InferenceOperation.Responses)))!["messages"]![1]!["content"]![0]!;

        Assert.Equal(expected, (string?)sent["signature"] ?? "dropped");
        Assert.Equal(expected, (string?)converse["reasoningContent"]?["reasoningText"]?["signature"] ?? "dropped");
    }

    [Fact]
    public void Responses_ThatClaudeEncryptedWhole_GoBackAsSuch()
    {
        const string Body = """
            {"model":"m","input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"claude-redacted:c2Vj"},
             {"type":"message","role":"assistant","content":"b"},{"role":"user","content":"c"}]}
            """;

        ProviderCase.AssertJson(
            """{"type":"redacted_thinking","data":"c2Vj"}""", JsonNode.Parse(TextOf(Send(Anthropic, Body, InferenceOperation.Responses)))!["messages"]![1]!["content"]![0]);
        ProviderCase.AssertJson(
            """{"reasoningContent":{"redactedContent":"c2Vj"}}""", JsonNode.Parse(TextOf(Send(Bedrock, Body, InferenceOperation.Responses)))!["messages"]![1]!["content"]![0]);
    }

    [Theory]
    [InlineData("\"id\":\"rs_1\",\"encrypted_content\":\"claude:RXFn\",", false)]
    [InlineData("\"encrypted_content\":\"gemini:c2ln\",", false)]
    [InlineData("\"id\":\"" + GatewayId + "\",", false)]
    [InlineData("\"id\":\"rs_68af4030baa48193b0b43b4c2a176a1a0e6967589f080e78\",", true)]
    [InlineData("\"id\":\"rs_1\",\"encrypted_content\":\"gAAAsealed\",", true)]
    public void Responses_ToAProviderThatSpeaksIt_KeepItsOwnThoughtsAlone(string members, bool isKept)
    {
        var body = $$"""
            {"model":"gpt-5","x_own": 1.50,"input":[{"type":"reasoning",{{members}}"summary":[{"type":"summary_text","text":"Hm."}]},{"type":"message","role":"user","content":"c"}]}
            """;
        var home = new ProviderCase(new OpenAiAdapter(OpenAiDialect.Presets[0], Clock), "gpt-5");

        foreach (var provider in (ProviderCase[])[OpenAi, home])
        {
            var upstream = Send(provider, body, InferenceOperation.Responses);

            Assert.Equal(isKept, upstream.Message!.Content is PatchedContent);
            Assert.Equal(isKept ? null : "input.reasoning: dropped", upstream.Warnings);
            Assert.Equal(isKept ? 2 : 1, JsonNode.Parse(TextOf(upstream))!["input"]!.AsArray().Count);
            Assert.Contains("1.50", TextOf(upstream), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("openai", "https://api.openai.com/v1", false)]
    [InlineData("openai", "https://generativelanguage.googleapis.com/v1beta/openai", true)]
    [InlineData("azure-openai", "https://r.openai.azure.com/openai/v1", false)]
    [InlineData("vllm", "http://127.0.0.1:8000/v1", false)]
    [InlineData("openrouter", "https://openrouter.ai/api/v1", false)]
    [InlineData("mistral", "https://api.mistral.ai/v1", false)]
    public void Chat_WithGeminisSignature_KeepsItForGoogleAlone(string type, string baseUrl, bool isKept)
    {
        var provider = new ProviderCase(new OpenAiAdapter(OpenAiDialect.Presets.Single(preset => preset.Type == type), Clock), "m");
        var request = ProviderCase.Request(
            """
            {"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[
              {"id":"a1B2c3D4e","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]},
             {"role":"tool","tool_call_id":"a1B2c3D4e","content":"42"}]}
            """,
            InferenceOperation.ChatCompletions);

        var upstream = provider.Adapter.CreateRequest(provider.Target(baseUrl: baseUrl), request);

        Assert.Equal(isKept, JsonNode.Parse(TextOf(upstream))!["messages"]![1]!["tool_calls"]![0]!.AsObject().ContainsKey("extra_content"));
        Assert.Equal(isKept ? null : "messages.tool_calls.extra_content: dropped", upstream.Warnings);
    }

    [Theory]
    [InlineData("deepseek", "Hm.")]
    [InlineData("moonshot", "Hm.")]
    [InlineData("alibaba", null)]
    public void Thoughts_OfOtherDialects_GoBackToServersThatInsistOnThem(string type, string? expected)
    {
        var provider = new ProviderCase(new OpenAiAdapter(OpenAiDialect.Presets.Single(preset => preset.Type == type), Clock), "m");

        var upstream = Send(
            provider,
            """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":""},{"type":"tool_use","id":"c","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"42"}]}]}
            """,
            InferenceOperation.Messages);

        Assert.Equal(expected, (string?)JsonNode.Parse(TextOf(upstream))!["messages"]![1]!["reasoning_content"]);
    }

    [Fact]
    public void Messages_WithHalfACharacter_AreTheProvidersToJudge()
    {
        var upstream = Send(
            Anthropic,
            """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"\ud800"},{"type":"thinking","signature":""}]}]}""",
            InferenceOperation.Messages);

        Assert.IsType<PatchedContent>(upstream.Message!.Content);
    }

    private static UpstreamRequest Send(ProviderCase provider, string body, InferenceOperation operation)
    {
        var upstream = provider.Adapter.CreateRequest(provider.Target(), ProviderCase.Request(body, operation));
        Assert.Null(upstream.Refusal);
        return upstream;
    }

    private static string TextOf(UpstreamRequest upstream) =>
        Encoding.UTF8.GetString(upstream.Message!.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult());
}
