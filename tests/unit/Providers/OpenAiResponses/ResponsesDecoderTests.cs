using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.OpenAiResponses;

/// <summary>Responses of a provider as a chat client sees them.</summary>
public sealed class ResponsesDecoderTests
{
    private const string Created = """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","model":"gpt-5","status":"in_progress","output":[]}}""";
    private const string Completed = """
        {"type":"response.completed","sequence_number":9,"response":{"id":"resp_1","status":"completed","error":null,"incomplete_details":null,"output":[],
        "usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":8},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":29}}}
        """;

    private static readonly InferenceRequest Chat = ResponsesProviderCase.Ask("\"stream\":true,\"stream_options\":{\"include_usage\":true}");

    [Fact]
    public void Stream_OfText_IsAChatStreamWithUsageInBuckets()
    {
        var play = ResponsesProviderCase.Play(
            Chat,
            Created,
            """{"type":"response.in_progress","response":{}}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}""",
            """{"type":"response.content_part.added","item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":""}}""",
            """{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hé\n\"x\"","logprobs":[],"obfuscation":"abc"}""",
            """{"type":"response.output_text.done","item_id":"msg_1","output_index":0,"content_index":0,"text":"Hé\n\"x\""}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","content":[{"type":"output_text","text":"Hé\n\"x\""}]}}""",
            Completed);

        Assert.Equal(
            [
                StreamSignal.None, StreamSignal.None, StreamSignal.None, StreamSignal.None, StreamSignal.Content, StreamSignal.None, StreamSignal.None,
                StreamSignal.End,
            ],
            play.Signals);
        ResponsesProviderCase.AssertJson("""[{"role":"assistant"},{"content":"Hé\n\"x\""},{}]""", play.Deltas);
        Assert.All(play.Chunks, static chunk => Assert.Equal(("resp_1", "gpt-5"), ((string?)chunk["id"], (string?)chunk["model"])));
        Assert.Equal(new TokenUsage(12, 8, 0, 5, 4), play.Stream.Usage);
        Assert.Equal(20, (int)play.Chunks.Last()["usage"]!["prompt_tokens"]!);
    }

    [Fact]
    public void Stream_OfThoughtsCallsAndRefusal_TellsEach()
    {
        var play = ResponsesProviderCase.Play(
            Chat,
            Created,
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}""",
            """{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Hm."}""",
            """{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","output_index":0,"summary_index":1,"delta":"Two."}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"sealed"}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"id":"fc_1","type":"function_call","call_id":"c1","name":"a","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":"{\"x\""}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_1","output_index":1,"delta":":1}"}""",
            """{"type":"response.function_call_arguments.done","item_id":"fc_1","output_index":1,"arguments":"{\"x\":1}"}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"id":"fc_1","type":"function_call","call_id":"c1","name":"a","arguments":"{\"x\":1}"}}""",
            """{"type":"response.output_item.added","output_index":2,"item":{"id":"ws_1","type":"web_search_call"}}""",
            """{"type":"response.output_item.done","output_index":3,"item":{"id":"fc_2","type":"function_call","call_id":"c2","name":"b","arguments":"{\"y\":2}"}}""",
            """{"type":"response.refusal.delta","item_id":"msg_1","output_index":4,"content_index":0,"delta":"No."}""",
            Completed);

        ResponsesProviderCase.AssertJson(
            """
            [{"role":"assistant"},{"reasoning_content":"Hm."},{"reasoning_content":"\n\n"},{"reasoning_content":"Two."},
             {"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"a","arguments":""}}]},
             {"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]},{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},
             {"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"b","arguments":""}}]},
             {"tool_calls":[{"index":1,"function":{"arguments":"{\"y\":2}"}}]},{"refusal":"No."},{}]
            """,
            play.Deltas);
        Assert.Equal("tool_calls", (string?)play.Chunks.Last(static chunk => chunk["choices"]!.AsArray().Count > 0)["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    public void Stream_ThatIsIncomplete_FinishesWithItsReason(string reason, string finish)
    {
        var play = ResponsesProviderCase.Play(
            Chat,
            Created,
            $$$"""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"{{{reason}}}"},"output":[]}}""");

        // Nothing was said: the finish alone commits the stream, and its close ends it.
        Assert.Equal([StreamSignal.None, StreamSignal.Content], play.Signals);
        Assert.True(play.IsComplete);
        Assert.Equal(finish, (string?)play.Chunks.Last()["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("""{"type":"error","sequence_number":3,"code":"rate_limit_exceeded","message":"m","param":null}""", AttemptOutcome.RateLimited, "upstream_rate_limited")]
    [InlineData("""{"type":"error","error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"too long","param":"input"}}""", AttemptOutcome.Rejected, "context_length_exceeded")]
    [InlineData("""{"error":{"message":"m","code":"503"}}""", AttemptOutcome.ServerError, "upstream_failed")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"m"}}}""", AttemptOutcome.ServerError, "upstream_failed")]
    public void Event_OfFailure_HasItsMeaning(string data, AttemptOutcome outcome, string code)
    {
        foreach (var request in new[] { Chat, Native() })
        {
            var play = ResponsesProviderCase.Play(request, Created, data);

            Assert.Equal(StreamSignal.Failed, play.Signals[^1]);
            Assert.Equal((outcome, code), (play.Stream.Error?.Outcome, play.Stream.Error?.Refusal.Code));
            Assert.False(play.IsComplete);
        }
    }

    [Theory]
    [InlineData("{\"type\":\"response.output_text.del")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("[DONE]")]
    [InlineData("{\"type\":\"response.created\"} trailing")]
    public void Event_ThatMakesNoSense_IsMalformed(string data)
    {
        foreach (var request in new[] { Chat, Native() })
        {
            var play = ResponsesProviderCase.Play(request, Created, data);

            Assert.Equal(StreamSignal.Malformed, play.Signals[^1]);
            Assert.False(play.IsComplete);
        }
    }

    [Fact]
    public void Stream_OfAnotherForm_IsMalformed()
    {
        Assert.Equal([StreamSignal.Malformed], ResponsesProviderCase.Play(Chat, """{"id":"c","choices":[{"delta":{"content":"x"}}]}""").Signals);
        Assert.Equal([StreamSignal.Malformed], ResponsesProviderCase.Play(Native(), """{"id":"c","choices":[{"delta":{"content":"x"}}]}""").Signals);
    }

    [Fact]
    public void Arguments_OfNoCall_AreMalformed() =>
        Assert.Equal(StreamSignal.Malformed, ResponsesProviderCase.Play(Chat, Created, """{"type":"response.function_call_arguments.delta","output_index":7,"delta":"{}"}""").Signals[^1]);

    [Fact]
    public void Whole_OfEverything_IsAChatCompletion()
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = ResponsesProviderCase.Adapter.ReadAnswer(ResponsesProviderCase.Ask(), Encoding.UTF8.GetBytes("""
            {"id":"resp_1","object":"response","status":"completed","error":null,"model":"gpt-5","output":[
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."},{"type":"summary_text","text":"Two."}]},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"output_text","text":"b"}]},
              {"type":"web_search_call","id":"ws_1","status":"completed"},
              {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"}],
             "usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":8},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4}}}
            """), output);

        Assert.Equal(new WholeAnswer(AnswerValidity.Translated, new TokenUsage(12, 8, 0, 5, 4)), answer);
        var choice = JsonNode.Parse(output.WrittenSpan)!["choices"]![0]!;
        ResponsesProviderCase.AssertJson(
            """
            {"role":"assistant","content":"ab","refusal":null,"reasoning_content":"Hm.\n\nTwo.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]}
            """,
            choice["message"]);
        Assert.Equal("tool_calls", (string?)choice["finish_reason"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"output":{}}""")]
    [InlineData("""{"output":[],"error":{"code":"server_error"}}""")]
    [InlineData("""{"output":[],"status":"failed"}""")]
    [InlineData("""{"output":[{"type":"message","content":[{"text":"\ud800"}]}]}""")]
    public void Whole_ThatIsNoAnswer_IsInvalid(string body) =>
        Assert.Equal(AnswerValidity.Invalid, ResponsesProviderCase.Adapter.ReadAnswer(ResponsesProviderCase.Ask(), Encoding.UTF8.GetBytes(body), new ArrayBufferWriter<byte>()).Validity);

    [Fact]
    public void Copy_OfAStream_IsTheSameBytes_AndTellsWhatIsKept()
    {
        var request = Native();
        string? kept = null;
        request.AnswerKept = id => kept = id;
        string[] events =
        [
            Created,
            """{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"web_search_call"}}""",
            """{"type":"response.web_search_call.searching","sequence_number":2,"output_index":0}""",
            """{"type":"response.output_text.delta","sequence_number":3,"delta":"x"}""",
            Completed.ReplaceLineEndings(" ").Trim(),
        ];

        var play = ResponsesProviderCase.Play(request, events);

        Assert.Equal([StreamSignal.None, StreamSignal.None, StreamSignal.Content, StreamSignal.Content, StreamSignal.End], play.Signals);
        Assert.Equal(string.Concat(events.Select(static data => $"event: {(string?)JsonNode.Parse(data)!["type"]}\ndata: {data}\n\n")), play.Output);
        Assert.Equal(new TokenUsage(12, 8, 0, 5, 4), play.Stream.Usage);
        Assert.Equal("resp_1", kept);
    }

    [Fact]
    public void Copy_OfAnAnswerThatIsNotStored_TellsNothing()
    {
        var request = Native();
        request.AnswerKept = static _ => Assert.Fail("It is not kept.");

        ResponsesProviderCase.Play(request, """{"type":"response.created","response":{"id":"resp_1","store":false}}""");
        ResponsesProviderCase.Adapter.ReadAnswer(request, Encoding.UTF8.GetBytes("""{"id":"resp_1","output":[],"store":false}"""), new ArrayBufferWriter<byte>());
    }

    private static InferenceRequest Native()
    {
        var request = ResponsesProviderCase.Request("""{"model":"m","input":"x","stream":true}""", InferenceOperation.Responses);
        request.IsNative = true;
        return request;
    }
}
