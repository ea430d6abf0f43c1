using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.Tests.Unit.Responses;

/// <summary>The events, written by hand from OpenAI's documentation.</summary>
public sealed class ResponsesStreamTests
{
    private static readonly TokenUsage Usage = new(5, 2, 1, 7, 3);

    [Fact]
    public void Stream_OfText_IsTheRowOfDocumentedEvents()
    {
        var events = ResponsesCase.Stream(ResponsesCase.Ask(), static stream =>
        {
            stream.Begin("\"chatcmpl-1\""u8, "\"gpt-4o-2024\""u8);
            stream.Text("\"Hé\\n\""u8);
            stream.Text("\"\""u8);
            stream.Text("\"\\\"x\\\"\""u8);
            stream.Finish(FinishReason.Stop);
            stream.End(Usage);
        });

        var id = (string)events[2]["item"]!["id"]!;
        Assert.StartsWith("msg_", id, StringComparison.Ordinal);
        var done = $$"""{"id":"{{id}}","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hé\n\"x\""}]}""";
        string[] expected =
        [
            $$"""{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"{{id}}","type":"message","status":"in_progress","role":"assistant","content":[]} }""",
            $$"""{"type":"response.content_part.added","sequence_number":3,"item_id":"{{id}}","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""} }""",
            $$"""{"type":"response.output_text.delta","sequence_number":4,"item_id":"{{id}}","output_index":0,"content_index":0,"delta":"Hé\n","logprobs":[]}""",
            $$"""{"type":"response.output_text.delta","sequence_number":5,"item_id":"{{id}}","output_index":0,"content_index":0,"delta":"\"x\"","logprobs":[]}""",
            $$"""{"type":"response.output_text.done","sequence_number":6,"item_id":"{{id}}","output_index":0,"content_index":0,"text":"Hé\n\"x\"","logprobs":[]}""",
            $$"""{"type":"response.content_part.done","sequence_number":7,"item_id":"{{id}}","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"Hé\n\"x\""} }""",
            $$"""{"type":"response.output_item.done","sequence_number":8,"output_index":0,"item":{{done}}}""",
        ];
        Assert.Equal(["response.created", "response.in_progress"], events.Take(2).Select(static e => (string?)e["type"]));
        ResponsesCase.AssertJson($"[{string.Join(',', expected)}]", new JsonArray([.. events.Skip(2).Take(7).Select(static e => e.DeepClone())]));
        Assert.Equal("response.completed", (string?)events[9]["type"]);
        AssertResponse(events[0]["response"]!, "in_progress", "[]", "null");
        AssertResponse(
            events[9]["response"]!,
            "completed",
            $"[{done}]",
            """{"input_tokens":8,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":1},"output_tokens":10,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":18}""");
        Assert.Equal((string?)events[0]["response"]!["id"], (string?)events[9]["response"]!["id"]);
    }

    [Fact]
    public void Stream_OfThoughtsTextAndCalls_HasAnItemForEach()
    {
        var events = ResponsesCase.Stream(ResponsesCase.Ask(), static stream =>
        {
            stream.Begin(default, default);
            stream.Reasoning("\"Hm\""u8);
            stream.Reasoning("\".\""u8);
            stream.ReasoningSignature("\"c2ln\""u8);
            stream.Text("\"I look.\""u8);
            stream.BeginCall("\"c1\""u8, "\"a\""u8);
            stream.BeginCall("\"c2\""u8, "\"b\""u8);
            stream.Arguments(1, "\"{\\\"x\\\"\""u8);
            stream.Arguments(1, "\":1}\""u8);
            stream.Finish(FinishReason.ToolCalls);
            stream.End(null);
        });

        Assert.Equal(
            [
                "created", "in_progress", "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta", "reasoning_summary_text.delta",
                "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done", "output_item.added", "content_part.added", "output_text.delta",
                "output_text.done", "content_part.done", "output_item.done", "output_item.added", "output_item.added", "function_call_arguments.delta",
                "function_call_arguments.delta", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
                "function_call_arguments.done", "output_item.done", "completed",
            ],
            events.Select(static e => ((string)e["type"]!)["response.".Length..]));
        var ids = events[^1]["response"]!["output"]!.AsArray().Select(static item => (string)item!["id"]!).ToList();
        ResponsesCase.AssertJson(
            $$"""
            [{"id":"{{ids[0]}}","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"claude:c2ln"},
             {"id":"{{ids[1]}}","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"I look."}]},
             {"id":"{{ids[2]}}","type":"function_call","status":"completed","call_id":"c1","name":"a","arguments":"{}"},
             {"id":"{{ids[3]}}","type":"function_call","status":"completed","call_id":"c2","name":"b","arguments":"{\"x\":1}"}]
            """,
            events[^1]["response"]!["output"]);
        Assert.Equal(["rs_", "msg", "fc_", "fc_"], ids.Select(static id => id[..3]));
        ResponsesCase.AssertJson(
            $$"""{"type":"response.function_call_arguments.done","sequence_number":22,"item_id":"{{ids[3]}}","output_index":3,"arguments":"{\"x\":1}","name":"b"}""", events[22]);
        ResponsesCase.AssertJson(
            $$"""{"type":"response.reasoning_summary_text.delta","sequence_number":4,"item_id":"{{ids[0]}}","output_index":0,"summary_index":0,"delta":"Hm"}""", events[4]);
        Assert.Null(events[^1]["response"]!["usage"]);
    }

    [Fact]
    public void Stream_OfTextThenRefusal_HasTwoPartsInOneMessage()
    {
        var events = ResponsesCase.Stream(ResponsesCase.Ask(), static stream =>
        {
            stream.Begin(default, default);
            stream.Text("\"Well\""u8);
            stream.Refusal("\"No.\""u8);
            stream.Finish(FinishReason.Stop);
            stream.End(null);
        });

        var message = Assert.Single(events[^1]["response"]!["output"]!.AsArray())!;
        Assert.Equal(["output_text", "refusal"], message["content"]!.AsArray().Select(static part => (string?)part!["type"]));
        Assert.Equal(1, (int)events.Single(static e => (string?)e["type"] == "response.refusal.delta")["content_index"]!);
        Assert.Equal("No.", (string?)events.Single(static e => (string?)e["type"] == "response.refusal.done")["refusal"]);
    }

    [Theory]
    [InlineData("length", "max_output_tokens")]
    [InlineData("filter", "content_filter")]
    public void Stream_ThatALimitEnds_IsIncomplete(string end, string reason)
    {
        var events = ResponsesCase.Stream(ResponsesCase.Ask(), stream =>
        {
            stream.Begin(default, default);
            stream.Text("\"Well\""u8);
            stream.Finish(end == "length" ? FinishReason.Length : FinishReason.ContentFilter);
            stream.End(null);
        });

        Assert.Equal("response.incomplete", (string?)events[^1]["type"]);
        var response = events[^1]["response"]!;
        Assert.Equal(("incomplete", reason), ((string?)response["status"], (string?)response["incomplete_details"]!["reason"]));
        Assert.Equal("incomplete", (string?)response["output"]![0]!["status"]);
    }

    [Fact]
    public void Stream_ThatBreaks_FailsWithWhatWasSaid_AndEndsWithTheError()
    {
        var events = ResponsesCase.Stream(ResponsesCase.Ask(), static stream =>
        {
            stream.Begin(default, default);
            stream.Text("\"Well\""u8);
            Assert.True(stream.Fail(Refusals.StreamInterrupted()));
        });

        var response = events[^2]["response"]!;
        Assert.Equal(("response.failed", "failed", "server_error"), ((string?)events[^2]["type"], (string?)response["status"], (string?)response["error"]!["code"]));
        Assert.Equal(("incomplete", "Well"), ((string?)response["output"]![0]!["status"], (string?)response["output"]![0]!["content"]![0]!["text"]));
        Assert.Equal(
            ("error", "upstream_stream_interrupted", "upstream_stream_interrupted"),
            ((string?)events[^1]["type"], (string?)events[^1]["code"], (string?)events[^1]["error"]!["code"]));
    }

    [Fact]
    public void Response_RepeatsWhatTheRequestSettled()
    {
        var request = ResponsesCase.Ask("""
            "instructions":"Be brief.","max_output_tokens":50,"parallel_tool_calls":false,"reasoning":{"effort":"low"},"temperature":0.5,"text":{"verbosity":"low"},
            "tool_choice":"required","tools":[{"type":"function","name":"f"}],"top_p":0.9,"user":"u","metadata":{"a":"b"},"store":true
            """);

        var response = ResponsesCase.Whole(new Answer { Text = "x" }, request);

        foreach (var (name, expected) in new Dictionary<string, string>
        {
            ["object"] = "\"response\"",
            ["created_at"] = "1780000000",
            ["model"] = "\"m\"",
            ["instructions"] = "\"Be brief.\"",
            ["max_output_tokens"] = "50",
            ["parallel_tool_calls"] = "false",
            ["reasoning"] = """{"effort":"low","summary":null}""",
            ["temperature"] = "0.5",
            ["text"] = """{"format":{"type":"text"},"verbosity":"low"}""",
            ["tool_choice"] = "\"required\"",
            ["tools"] = """[{"type":"function","name":"f"}]""",
            ["top_p"] = "0.9",
            ["user"] = "\"u\"",
            ["metadata"] = """{"a":"b"}""",

            // Nothing is kept, whatever was asked.
            ["store"] = "false",
        })
        {
            ResponsesCase.AssertJson(expected, response[name]);
        }
    }

    [Fact]
    public void Whole_OfEverything_IsWhatTheStreamFoldsTo()
    {
        var request = ResponsesCase.Ask();
        var whole = ResponsesCase.Whole(
            new Answer
            {
                Model = "m2",
                Reasoning = "Hm.",
                ReasoningSignature = "c2ln",
                Text = "Grüße \"👋\"",
                Refusal = "No.",
                Calls = [new ToolCall("c1", "a", """{"x":1}"""), new ToolCall("c2", "b", "")],
                Finish = FinishReason.Length,
                Usage = Usage,
            },
            request);
        var streamed = ResponsesCase.Stream(request, static stream =>
        {
            stream.Begin(default, "\"m2\""u8);
            stream.Reasoning("\"Hm.\""u8);
            stream.ReasoningSignature("\"c2ln\""u8);
            stream.Text("\"Grüße \\\"\\ud83d\""u8);
            stream.Text("\"\\udc4b\\\"\""u8);
            stream.Refusal("\"No.\""u8);
            stream.BeginCall("\"c1\""u8, "\"a\""u8);
            stream.Arguments(0, "\"{\\\"x\\\":1}\""u8);
            stream.BeginCall("\"c2\""u8, "\"b\""u8);
            stream.Finish(FinishReason.Length);
            stream.End(Usage);
        })[^1]["response"]!.AsObject();

        ResponsesCase.AssertJson(WithoutIds(whole).ToJsonString(), WithoutIds(streamed));
    }

    private static JsonObject WithoutIds(JsonObject response)
    {
        response.Remove("id");
        foreach (var item in response["output"]!.AsArray())
        {
            item!.AsObject().Remove("id");
        }

        return response;
    }

    private static void AssertResponse(JsonNode response, string status, string output, string usage)
    {
        Assert.StartsWith("resp_", (string?)response["id"], StringComparison.Ordinal);
        Assert.Equal(("response", 1_780_000_000, status, "gpt-4o-2024"), ((string?)response["object"], (long)response["created_at"]!, (string?)response["status"], (string?)response["model"]));
        ResponsesCase.AssertJson(output, response["output"]);
        ResponsesCase.AssertJson(usage, response["usage"]);

        // What OpenAI's schema requires of a response.
        Assert.All(
            ["error", "incomplete_details", "instructions", "metadata", "parallel_tool_calls", "temperature", "tool_choice", "tools", "top_p", "text", "truncation", "background"],
            name => Assert.True(response.AsObject().ContainsKey(name), name));
    }
}
