using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.Tests.Unit.Messages;

namespace ProxyCluster.Tests.Unit.Providers.Thoughts;

/// <summary>Thoughts that a provider tells encrypted only, on their way to clients whose dialect has a place for them.</summary>
public sealed class RedactedThoughtTests
{
    private const string Ask = """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}""";
    private const string AskResponses = """{"model":"m","input":"Hi"}""";

    private const string Converse =
        """
        {"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"RXFn"}}},
         {"reasoningContent":{"redactedContent":"c2Vj"}},{"text":"Yes"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2}}
        """;

    private const string Message =
        """
        {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"Hm.","signature":"RXFn"},
         {"type":"redacted_thinking","data":"c2Vj"},{"type":"text","text":"Yes"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}
        """;

    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000));
    private static readonly BedrockAdapter Bedrock = new(Clock);
    private static readonly AnthropicAdapter Anthropic = new(Clock);

    private static readonly string[] BedrockEvents =
    [
        "messageStart", """{"role":"assistant"}""",
        "contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm."}}}""",
        "contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"RXFn"}}}""",
        "contentBlockDelta", """{"contentBlockIndex":1,"delta":{"reasoningContent":{"redactedContent":"c2Vj"}}}""",
        "contentBlockDelta", """{"contentBlockIndex":2,"delta":{"text":"Yes"}}""",
        "messageStop", """{"stopReason":"end_turn"}""",
        "metadata", """{"usage":{"inputTokens":1,"outputTokens":2}}""",
    ];

    private static readonly string[] AnthropicEvents =
    [
        "message_start", """{"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":1,"output_tokens":0}}}""",
        "content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        "content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
        "content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"RXFn"}}""",
        "content_block_start", """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"c2Vj"}}""",
        "content_block_start", """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}""",
        "content_block_delta", """{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Yes"}}""",
        "message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""",
        "message_stop", """{"type":"message_stop"}""",
    ];

    [Fact]
    public void Answer_ToAClientOfMessages_HasThemAsABlock()
    {
        var content = Whole(Bedrock, Converse, Ask, InferenceOperation.Messages)["content"];

        ProviderCase.AssertJson(
            """[{"type":"thinking","thinking":"Hm.","signature":"RXFn"},{"type":"redacted_thinking","data":"c2Vj"},{"type":"text","text":"Yes"}]""", content);
    }

    [Fact]
    public void Stream_ToAClientOfMessages_HasThemAsABlock()
    {
        var events = MessagesCase.Events(Play(Bedrock, BedrockEvents, Ask, InferenceOperation.Messages));

        var starts = events.Where(static data => (string?)data["type"] == "content_block_start").Select(static data => data["content_block"]).ToList();
        Assert.Equal(["thinking", "redacted_thinking", "text"], starts.Select(static block => (string?)block!["type"]));
        Assert.Equal("c2Vj", (string?)starts[1]!["data"]);
        Assert.Equal([0, 1, 2], events.Where(static data => (string?)data["type"] == "content_block_stop").Select(static data => (int)data["index"]!));
    }

    [Theory]
    [InlineData("bedrock")]
    [InlineData("anthropic")]
    public void Answer_ToAClientOfResponses_HasThemAsAnItemInStreamAndWhole(string type)
    {
        var (adapter, body, events) = type == "bedrock" ? ((ProviderAdapter)Bedrock, Converse, BedrockEvents) : (Anthropic, Message, AnthropicEvents);

        var whole = Whole(adapter, body, AskResponses, InferenceOperation.Responses)["output"]!.AsArray();
        var streamed = Play(adapter, events, AskResponses, InferenceOperation.Responses).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(static frame => JsonNode.Parse(frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!)
            .Last(static data => (string?)data["type"] == "response.completed")["response"]!["output"]!.AsArray();

        foreach (var output in (JsonArray[])[whole, streamed])
        {
            Assert.Equal(["claude:RXFn", "claude-redacted:c2Vj", null], output.Select(static item => (string?)item!["encrypted_content"]));
            Assert.Equal(["reasoning", "reasoning", "message"], output.Select(static item => (string?)item!["type"]));
        }
    }

    [Fact]
    public void Answer_ToAClientOfChatCompletions_LeavesThemOut()
    {
        var message = Whole(Bedrock, Converse, Ask, InferenceOperation.ChatCompletions)["choices"]![0]!["message"]!.AsObject();

        Assert.Equal(("Hm.", "Yes"), ((string?)message["reasoning_content"], (string?)message["content"]));
        Assert.DoesNotContain("c2Vj", message.ToJsonString(), StringComparison.Ordinal);
    }

    private static JsonObject Whole(ProviderAdapter adapter, string body, string ask, InferenceOperation operation)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(AnswerValidity.Translated, adapter.ReadAnswer(ProviderCase.Request(ask, operation), Encoding.UTF8.GetBytes(body), output).Validity);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    private static string Play(ProviderAdapter adapter, string[] events, string ask, InferenceOperation operation)
    {
        var output = new ArrayBufferWriter<byte>();
        var translator = adapter.CreateStream(ProviderCase.Request(ask, operation));
        foreach (var pair in events.Chunk(2))
        {
            Assert.NotEqual(StreamSignal.Malformed, translator.Translate(Encoding.UTF8.GetBytes(pair[0]), Encoding.UTF8.GetBytes(pair[1]), output));
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
