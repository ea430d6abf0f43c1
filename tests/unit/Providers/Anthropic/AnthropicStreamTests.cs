using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

public sealed class AnthropicStreamTests
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","model":"claude-opus-4-6","usage":{"input_tokens":5,"output_tokens":1}}}""";
    private const string Stop = """{"type":"message_stop"}""";

    [Fact]
    public void Stream_OfText_GivesRoleTextFinish()
    {
        var play = Play(
            "",
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hé\n\"x\""}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""",
            Stop);

        Assert.Equal(
            [StreamSignal.None, StreamSignal.None, StreamSignal.None, StreamSignal.Content, StreamSignal.None, StreamSignal.Content, StreamSignal.End],
            play.Signals);
        string[] expected =
        [
            """{"index":0,"delta":{"role":"assistant"},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"Hé\n\"x\""},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}""",
        ];
        Assert.Equal(expected.Length, play.Chunks.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            AnthropicCase.AssertJson(expected[i], play.Chunks[i]["choices"]![0]);
            AnthropicCase.AssertJson($$"""["msg_1",{{AnthropicCase.Now}},"claude-opus-4-6","chat.completion.chunk"]""", new JsonArray(
                play.Chunks[i]["id"]!.DeepClone(), play.Chunks[i]["created"]!.DeepClone(), play.Chunks[i]["model"]!.DeepClone(), play.Chunks[i]["object"]!.DeepClone()));
            Assert.False(play.Chunks[i].ContainsKey("usage"));
        }

        Assert.Equal(new TokenUsage(5, 0, 0, 9, 0), play.Usage);
    }

    [Fact]
    public void Usage_AskedFor_ComesLastAndIsNullBefore()
    {
        var play = Play(
            "\"stream\":true,\"stream_options\":{\"include_usage\":true}",
            Start,
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":7,"cache_read_input_tokens":2,"output_tokens":9}}""",
            Stop);

        Assert.All(play.Chunks.SkipLast(1), static chunk => Assert.True(chunk.ContainsKey("usage") && chunk["usage"] is null));
        AnthropicCase.AssertJson("[]", play.Chunks[^1]["choices"]);
        AnthropicCase.AssertJson("""
            {"prompt_tokens":9,"completion_tokens":9,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}
            """, play.Chunks[^1]["usage"]);
    }

    [Fact]
    public void ToolCalls_BesideOtherBlocks_AreCountedByThemselves()
    {
        var play = Play(
            "",
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"srv","name":"web_search","input":{}}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"q\":1}"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"a","input":{}}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}""",
            """{"type":"content_block_stop","index":2}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t2","name":"b","input":{}}}""",
            """{"type":"content_block_stop","index":3}""",
            """{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t3","name":"c","input":{"y":"z"}}}""",
            """{"type":"content_block_stop","index":4}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}""",
            Stop);

        string[] expected =
        [
            """{"role":"assistant"}""",
            """{"reasoning_content":"Hm."}""",
            """{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"a","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}""",
            """{"tool_calls":[{"index":1,"id":"t2","type":"function","function":{"name":"b","arguments":""}}]}""",
            """{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}""",
            """{"tool_calls":[{"index":2,"id":"t3","type":"function","function":{"name":"c","arguments":""}}]}""",
            """{"tool_calls":[{"index":2,"function":{"arguments":"{\"y\":\"z\"}"}}]}""",
            "{}",
        ];
        AnthropicCase.AssertJson(
            $"[{string.Join(',', expected)}]",
            new JsonArray([.. play.Chunks.Select(static chunk => chunk["choices"]![0]!["delta"]!.DeepClone())]));
    }

    [Theory]
    [InlineData("overloaded_error", AttemptOutcome.ServerError, "upstream_overloaded")]
    [InlineData("api_error", AttemptOutcome.ServerError, "upstream_failed")]
    [InlineData("rate_limit_error", AttemptOutcome.RateLimited, "upstream_rate_limited")]
    [InlineData("invalid_request_error", AttemptOutcome.Rejected, "upstream_rejected")]
    public void ErrorEvent_InTheStream_FailsItWithItsMeaning(string type, AttemptOutcome outcome, string code)
    {
        var play = Play("", Start, $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"m"}}""");

        Assert.Equal(StreamSignal.Failed, play.Signals[^1]);
        Assert.Equal((outcome, code), (play.Error?.Outcome, play.Error?.Refusal.Code));
        Assert.False(play.IsComplete);
    }

    [Theory]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_del")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"ping\"} trailing")]
    [InlineData("{\"type\":\"message_stop\"}")]
    [InlineData(Start)]
    public void Event_ThatMakesNoSense_IsMalformed(string data)
    {
        var play = Play("", Start, data);

        Assert.Equal(StreamSignal.Malformed, play.Signals[^1]);
        Assert.False(play.IsComplete);
    }

    [Fact]
    public void Event_BeforeTheStart_IsMalformed() =>
        Assert.Equal([StreamSignal.Malformed], Play("", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}""").Signals);

    [Fact]
    public void Event_OfUnknownKind_IsPassedOver() =>
        Assert.Equal([StreamSignal.None, StreamSignal.None], Play("", Start, """{"type":"brand_new","delta":[1,{"a":2}],"usage":7}""").Signals);

    [Fact]
    public void Event_ThatIsNotUtf8_IsMalformed()
    {
        var stream = AnthropicCase.Adapter.CreateStream(AnthropicCase.Ask(""));

        Assert.Equal(StreamSignal.Malformed, stream.Translate("ping"u8, [.. "{\"type\":\"ping"u8, 0xC3, .. "\"}"u8], new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Stream_CutBeforeTheStopReason_IsNotComplete()
    {
        var play = Play("", Start, """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}""");

        Assert.False(play.IsComplete);
    }

    private static StreamPlay Play(string members, params string[] events)
    {
        var stream = AnthropicCase.Adapter.CreateStream(AnthropicCase.Ask(members));
        var output = new ArrayBufferWriter<byte>();
        var signals = events.Select(data => stream.Translate(default, Encoding.UTF8.GetBytes(data), output)).ToList();
        var isComplete = signals.Contains(StreamSignal.End) || stream.Complete(output);
        var chunks = Encoding.UTF8.GetString(output.WrittenSpan)
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(static frame => JsonNode.Parse(frame["data: ".Length..])!.AsObject())
            .ToList();
        return new StreamPlay(signals, chunks, isComplete, stream.Usage, stream.Error);
    }

    private sealed record StreamPlay(
        List<StreamSignal> Signals, List<JsonObject> Chunks, bool IsComplete, TokenUsage? Usage, UpstreamError? Error);
}
