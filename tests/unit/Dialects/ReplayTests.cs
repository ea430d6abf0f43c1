using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Unit.Providers;

namespace ProxyCluster.Tests.Unit.Dialects;

/// <summary>A whole answer as the stream of its dialect: nothing is lost, and what is not known is kept.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void Chat_WithTwoChoices_TellsEachWithCallsAndLogprobs()
    {
        var events = Events(InferenceOperation.ChatCompletions, """
            {"id":"c1","object":"chat.completion","created":7,"model":"m","system_fingerprint":"fp","choices":[
             {"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"t2","type":"function","function":{"name":"g","arguments":"{\"a\":1}"}}]},"logprobs":null,"finish_reason":"tool_calls"},
             {"index":1,"message":{"role":"assistant","content":"Hi","reasoning_content":"Hm."},"logprobs":{"content":[1]},"finish_reason":"stop"}],
             "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}
            """);

        Assert.Equal(
            [
                """[{"index":0,"delta":{"role":"assistant"},"logprobs":null,"finish_reason":null}]""",
                """[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"t2","type":"function","function":{"name":"g","arguments":"{\"a\":1}"}}]},"logprobs":null,"finish_reason":null}]""",
                """[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}]""",
                """[{"index":1,"delta":{"role":"assistant"},"logprobs":null,"finish_reason":null}]""",
                """[{"index":1,"delta":{"content":"Hi","reasoning_content":"Hm."},"logprobs":{"content":[1]},"finish_reason":null}]""",
                """[{"index":1,"delta":{},"logprobs":null,"finish_reason":"stop"}]""",
                "[]",
            ],
            events.Select(static told => told.Data["choices"]!.ToJsonString(Relaxed)));
        Assert.Equal(3, (int)events[^1].Data["usage"]!["total_tokens"]!);
        Assert.All(events, static told => Assert.Equal(("c1", "chat.completion.chunk", "fp", 7), ((string?)told.Data["id"], (string?)told.Data["object"], (string?)told.Data["system_fingerprint"], (int)told.Data["created"]!)));
    }

    [Fact]
    public void Chat_WhoseClientAskedForNoUsage_TellsNone()
    {
        var events = Events(InferenceOperation.ChatCompletions, """{"choices":[{"message":{"content":"a"}}],"usage":{}}""", options: "");

        Assert.Equal(3, events.Count);
        Assert.All(events, static told => Assert.False(told.Data.ContainsKey("usage")));
        Assert.Equal("stop", (string?)events[^1].Data["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void Completion_OfText_IsToldWithItsFinish()
    {
        var events = Events(InferenceOperation.Completions, """
            {"id":"c1","object":"text_completion","created":7,"model":"m","choices":[{"text":"upon","index":0,"logprobs":{"tokens":["upon"]},"finish_reason":"length"}],"usage":{"total_tokens":3}}
            """);

        Assert.Equal(
            [
                """[{"text":"upon","finish_reason":null,"index":0,"logprobs":{"tokens":["upon"]}}]""",
                """[{"text":"","finish_reason":"length","logprobs":null,"index":0}]""",
                "[]",
            ],
            events.Select(static told => told.Data["choices"]!.ToJsonString(Relaxed)));
        Assert.Equal(3, (int)events[^1].Data["usage"]!["total_tokens"]!);
    }

    [Fact]
    public void Message_OfBlocks_TellsEachInItsOwnWay()
    {
        var events = Events(InferenceOperation.Messages, """
            {"id":"m1","type":"message","role":"assistant","model":"m","content":[
             {"type":"thinking","thinking":"Hm.","signature":"sig"},
             {"type":"text","text":"Hi","citations":[{"type":"char_location","cited_text":"x"}]},
             {"type":"tool_use","id":"t1","name":"f","input":{"a":1}},
             {"type":"redacted_thinking","data":"zzz"}],
             "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":4,"output_tokens":2}}
            """);

        Assert.All(events, static told => Assert.Equal(told.Name, (string?)told.Data["type"]));
        Assert.Equal(
            [
                "message_start",
                "content_block_start 0", "content_block_delta 0 thinking_delta", "content_block_delta 0 signature_delta", "content_block_stop 0",
                "content_block_start 1", "content_block_delta 1 text_delta", "content_block_delta 1 citations_delta", "content_block_stop 1",
                "content_block_start 2", "content_block_delta 2 input_json_delta", "content_block_stop 2",
                "content_block_start 3", "content_block_stop 3",
                "message_delta", "message_stop",
            ],
            events.Select(static told => $"{told.Name} {told.Data["index"]} {told.Data["delta"]?["type"]}".Trim()));
        Assert.Equal("{\"a\":1}", (string?)events[10].Data["delta"]!["partial_json"]);
        Assert.Equal("""{"type":"redacted_thinking","data":"zzz"}""", events[12].Data["content_block"]!.ToJsonString());
        Assert.Equal("tool_use", (string?)events[14].Data["delta"]!["stop_reason"]);
        Assert.Equal(2, (int)events[14].Data["usage"]!["output_tokens"]!);
        Assert.Equal("[]", events[0].Data["message"]!["content"]!.ToJsonString());
    }

    [Fact]
    public void Response_OfItems_TellsEachWithItsParts()
    {
        var response = """
            {"id":"r1","object":"response","status":"completed","model":"m","output":[
             {"id":"rs1","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},
             {"id":"m1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[{"type":"url_citation"}],"logprobs":[]},{"type":"refusal","refusal":"No."}]},
             {"id":"f1","type":"function_call","status":"completed","call_id":"c1","name":"f","arguments":"{}"},
             {"id":"w1","type":"web_search_call","status":"completed"}],"usage":{"total_tokens":3}}
            """;
        var events = Events(InferenceOperation.Responses, response);

        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(static told => (int)told.Data["sequence_number"]!));
        Assert.Equal(
            [
                "created", "in_progress",
                "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta", "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
                "output_item.added", "content_part.added", "output_text.delta", "output_text.annotation.added", "output_text.done", "content_part.done",
                "content_part.added", "refusal.delta", "refusal.done", "content_part.done", "output_item.done",
                "output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
                "output_item.added", "output_item.done",
                "completed",
            ],
            events.Select(static told => told.Name!["response.".Length..]));
        ProviderCase.AssertJson(response, events[^1].Data["response"]);
        Assert.Equal("in_progress", (string?)events[0].Data["response"]!["status"]);
    }

    [Theory]
    [InlineData(nameof(InferenceOperation.ChatCompletions), "[]")]
    [InlineData(nameof(InferenceOperation.ChatCompletions), "{}")]
    [InlineData(nameof(InferenceOperation.ChatCompletions), """{"choices":[]}""")]
    [InlineData(nameof(InferenceOperation.Completions), """{"choices":[]}""")]
    [InlineData(nameof(InferenceOperation.Messages), """{"content":"x"}""")]
    [InlineData(nameof(InferenceOperation.Responses), """{"status":"failed","output":[]}""")]
    public void Answer_ThatIsNone_IsNotReplayed(string asked, string answer)
    {
        var operation = Enum.Parse<InferenceOperation>(asked);

        Assert.False(ClientDialects.Of(operation).Replay(Encoding.UTF8.GetBytes(answer), RequestOf(operation, ""), new ArrayBufferWriter<byte>()));
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static List<(string? Name, JsonObject Data)> Events(
        InferenceOperation operation, string answer, string options = ",\"stream_options\":{\"include_usage\":true}")
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.True(ClientDialects.Of(operation).Replay(Encoding.UTF8.GetBytes(answer), RequestOf(operation, options), output));

        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n")[..^1].Select(static frame =>
        {
            var lines = frame.Split('\n');
            return (lines.Length == 2 ? lines[0]["event: ".Length..] : null, JsonNode.Parse(lines[^1]["data: ".Length..])!.AsObject());
        })];
    }

    private static InferenceRequest RequestOf(InferenceOperation operation, string options) =>
        ProviderCase.Request($$"""{"model":"m","messages":[{"role":"user","content":"a"}],"prompt":"a","input":"a","stream":true{{options}}}""", operation);
}
