using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Unit.Messages;

public sealed class MessagesAnswerTests
{
    private const string NoUsage = """{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}""";

    [Fact]
    public void Whole_WithEverything_IsAMessage()
    {
        var message = MessagesCase.Whole(new Answer
        {
            Id = "chatcmpl-1",
            Model = "gpt-5",
            Reasoning = "Hm.",
            ReasoningSignature = "c2ln",
            Text = "Zürich",
            Calls = [new ToolCall("t1", "weather", "{ \"city\": \"Zürich\" }"), new ToolCall("t2", "now", "")],
            Finish = FinishReason.ToolCalls,
            Usage = new TokenUsage(10, 30, 20, 25, 15),
        });

        MessagesCase.AssertJson("""
            {"id":"chatcmpl-1","type":"message","role":"assistant","model":"gpt-5","content":[
               {"type":"thinking","thinking":"Hm.","signature":"c2ln"},
               {"type":"text","text":"Zürich"},
               {"type":"tool_use","id":"t1","name":"weather","input":{"city":"Zürich"},"caller":{"type":"direct"} },
               {"type":"tool_use","id":"t2","name":"now","input":{},"caller":{"type":"direct"} }],
             "stop_reason":"tool_use","stop_sequence":null,
             "usage":{"input_tokens":10,"cache_creation_input_tokens":20,"cache_read_input_tokens":30,"output_tokens":40,"output_tokens_details":{"thinking_tokens":15} } }
            """, message);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public void Arguments_ThatAreNoJsonObject_AreKeptAsText(string arguments)
    {
        var message = MessagesCase.Whole(new Answer { Calls = [new ToolCall("t", "f", arguments)], Finish = FinishReason.ToolCalls });

        MessagesCase.AssertJson(new JsonObject { ["raw_arguments"] = arguments }.ToJsonString(), message["content"]![0]!["input"]);
    }

    [Fact]
    public void Whole_WithoutIdsOrUsage_HasThemAllTheSame()
    {
        var message = MessagesCase.Whole(new Answer { Calls = [new ToolCall("", "f", "{}")], Finish = FinishReason.ToolCalls });

        Assert.StartsWith("msg_", (string?)message["id"], StringComparison.Ordinal);
        Assert.Equal("m", (string?)message["model"]);
        Assert.StartsWith("toolu_", (string?)message["content"]![0]!["id"], StringComparison.Ordinal);
        MessagesCase.AssertJson(NoUsage, message["usage"]);
    }

    [Theory]
    [InlineData((int)FinishReason.Stop, null, null, "end_turn")]
    [InlineData((int)FinishReason.Stop, "END", null, "stop_sequence")]
    [InlineData((int)FinishReason.Stop, null, "I will not.", "refusal")]
    [InlineData((int)FinishReason.Length, null, null, "max_tokens")]
    [InlineData((int)FinishReason.ToolCalls, null, null, "tool_use")]
    [InlineData((int)FinishReason.ContentFilter, null, null, "refusal")]
    public void StopReason_Each_IsTheSameWholeAndStreamed(int reason, string? sequence, string? refusal, string expected)
    {
        var whole = MessagesCase.Whole(new Answer { Finish = (FinishReason)reason, StopSequence = sequence, Refusal = refusal });
        var events = MessagesCase.Stream(stream =>
        {
            stream.Begin(default, default);
            if (refusal is not null)
            {
                stream.Refusal(JsonText.Quote(refusal));
            }

            stream.Finish((FinishReason)reason, sequence);
            stream.End(null);
        });

        var delta = events[^2]["delta"]!;
        Assert.Equal((expected, sequence), ((string?)whole["stop_reason"], (string?)whole["stop_sequence"]));
        Assert.Equal((expected, sequence), ((string?)delta["stop_reason"], (string?)delta["stop_sequence"]));
        Assert.Equal(refusal, (string?)whole["content"]!.AsArray().SingleOrDefault()?["text"]);
        Assert.Equal(refusal, (string?)events.SingleOrDefault(static data => (string?)data["type"] == "content_block_delta")?["delta"]!["text"]);
    }

    [Fact]
    public void Stream_OfThoughtsTextAndCalls_IsARowOfBlocks()
    {
        var events = MessagesCase.Stream(static stream =>
        {
            stream.Begin("\"chatcmpl-1\""u8, "\"gpt-5\""u8);
            stream.Reasoning("\"Hm\""u8);
            stream.Reasoning("\".\""u8);
            stream.ReasoningSignature("\"c2ln\""u8);
            stream.Text("\"\""u8);
            stream.Text("\"H\\u00e9\\n\""u8);
            stream.Text("\"y\""u8);
            stream.BeginCall("\"t1\""u8, "\"a\""u8);
            stream.Arguments(0, "\"{\\\"x\\\"\""u8);
            stream.Arguments(0, "\":1}\""u8);
            stream.BeginCall("\"t2\""u8, "\"b\""u8);
            stream.Finish(FinishReason.ToolCalls);
            stream.End(new TokenUsage(5, 1, 2, 9, 0));
        });

        string[] expected =
        [
            $$"""{"type":"message_start","message":{"id":"chatcmpl-1","type":"message","role":"assistant","model":"gpt-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{NoUsage}} } }""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"."}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hé\n"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"y"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"a","input":{},"caller":{"type":"direct"}}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}""",
            """{"type":"content_block_stop","index":2}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t2","name":"b","input":{},"caller":{"type":"direct"}}}""",
            """{"type":"content_block_stop","index":3}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":5,"cache_creation_input_tokens":2,"cache_read_input_tokens":1,"output_tokens":9}}""",
            """{"type":"message_stop"}""",
        ];
        MessagesCase.AssertJson($"[{string.Join(',', expected)}]", new JsonArray([.. events]));
    }

    [Fact]
    public void Arguments_OfAnEarlierCall_KeepTheirBlocksNumber()
    {
        var events = MessagesCase.Stream(static stream =>
        {
            stream.Begin(default, default);
            stream.BeginCall("\"t1\""u8, "\"a\""u8);
            stream.BeginCall("\"t2\""u8, "\"b\""u8);
            stream.Arguments(0, "\"{}\""u8);
            stream.Finish(FinishReason.ToolCalls);
            stream.End(null);
        });

        Assert.Equal(0, (int)events.Single(static data => (string?)data["type"] == "content_block_delta")["index"]!);
    }

    [Fact]
    public void Ping_AndErrors_AreNamedEvents()
    {
        var ping = Assert.Single(MessagesCase.Events(Encoding.UTF8.GetString(GatewayApi.Messages.MessagesDialect.Instance.Ping.Span)));

        Assert.Equal("ping", (string?)ping["type"]);
        Assert.True(GatewayApi.Messages.MessagesDialect.Instance.StreamEnd.IsEmpty);
    }
}
