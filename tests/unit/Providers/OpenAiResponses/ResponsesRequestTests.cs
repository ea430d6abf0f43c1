using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Unit.Providers.OpenAiResponses;

public sealed class ResponsesRequestTests
{
    // The members of OpenAI's published schema for POST /responses that are ever sent.
    private static readonly string[] Schema =
    [
        "model", "input", "stream", "max_output_tokens", "temperature", "top_p", "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "include",
        "store", "metadata", "service_tier", "prompt_cache_key", "prompt_cache_retention", "user", "safety_identifier",
    ];

    [Fact]
    public void Conversation_OfEveryRole_BecomesItems()
    {
        var (sent, warnings) = ResponsesProviderCase.Send(ResponsesProviderCase.Request("""
            {"model":"m","messages":[
              {"role":"system","content":"s"},
              {"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"https://h/i.png","detail":"high"}},
                {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}},{"type":"file","file":{"file_id":"file-1"}}]},
              {"role":"assistant","content":"I look.","reasoning_content":"Hm.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"42"},
              {"role":"assistant","content":null,"refusal":"No."}]}
            """));

        Assert.Null(warnings);
        ResponsesProviderCase.AssertJson(
            """
            [{"type":"message","role":"system","content":[{"type":"input_text","text":"s"}]},
             {"type":"message","role":"user","content":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"https://h/i.png","detail":"high"},
               {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"},{"type":"input_file","file_id":"file-1"}]},
             {"type":"message","role":"assistant","content":"I look."},
             {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},
             {"type":"function_call_output","call_id":"c1","output":"42"},
             {"type":"message","role":"assistant","content":"No."}]
            """,
            sent["input"]);
    }

    [Fact]
    public void Sound_InAMessage_IsRefused()
    {
        var refusal = ResponsesProviderCase.Adapter.CreateRequest(ResponsesProviderCase.Target("m"), ResponsesProviderCase.Request("""
            {"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}
            """)).Refusal;

        Assert.Equal((400, "unsupported_parameter", "messages[0].content[0].input_audio"), (refusal?.Status, refusal?.Code, refusal?.Param));
    }

    [Fact]
    public void Settings_OfChat_TakeTheFormOfResponses()
    {
        var (sent, warnings) = ResponsesProviderCase.Send(ResponsesProviderCase.Ask("""
            "stream":true,"max_tokens":99,"temperature":0.5,"top_p":0.9,"parallel_tool_calls":false,"verbosity":"low","reasoning_effort":"high","store":true,
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"g"}}],
            "tool_choice":{"type":"function","function":{"name":"f"}},
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},
            "metadata":{"a":"b"},"service_tier":"flex","prompt_cache_key":"k","user":"u"
            """), "gpt-5");

        Assert.Null(warnings);
        sent.Remove("input");
        ResponsesProviderCase.AssertJson(
            """
            {"model":"gpt-5","stream":true,"max_output_tokens":99,"temperature":0.5,"top_p":0.9,
             "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
                      {"type":"function","name":"g","parameters":{"type":"object","properties":{}},"strict":false}],
             "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,
             "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},
             "reasoning":{"effort":"high"},"include":["reasoning.encrypted_content"],"store":true,
             "metadata":{"a":"b"},"service_tier":"flex","prompt_cache_key":"k","user":"u"}
            """,
            sent);
        Assert.Subset(Schema.ToHashSet(), sent.Select(static member => member.Key).ToHashSet());
    }

    [Fact]
    public void Store_NotAskedFor_IsDeclined()
    {
        var (sent, _) = ResponsesProviderCase.Send(ResponsesProviderCase.Ask());

        Assert.False((bool)sent["store"]!);
        Assert.Equal(["model", "input", "store"], sent.Select(static member => member.Key));
    }

    [Fact]
    public void Limit_BelowTheLeast_IsRaisedWithAWarning()
    {
        var (sent, warnings) = ResponsesProviderCase.Send(ResponsesProviderCase.Ask("\"max_completion_tokens\":5"));

        Assert.Equal((16, "max_tokens: raised to 16"), ((int)sent["max_output_tokens"]!, warnings));
    }

    [Theory]
    [InlineData("gpt-5", """{"effort":"low","summary":"auto"}""", null)]
    [InlineData("gpt-4o", null, "thinking: dropped")]
    public void Budget_ToThink_AsksModelsThatReasonForASummary(string model, string? reasoning, string? warning)
    {
        var (sent, warnings) = ResponsesProviderCase.Send(ResponsesProviderCase.Ask("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}"), model);

        Assert.Equal(warning, warnings);
        ResponsesProviderCase.AssertJson(reasoning ?? "null", sent["reasoning"]);
    }

    [Fact]
    public void Thoughts_GoBackOnlyWhereThisProviderSealedThem()
    {
        var conversation = new Conversation
        {
            Messages =
            [
                new Message(Role.Assistant) { Parts = [new ReasoningPart("Hm.", "openai.rs_1.sealed", ""), new ReasoningPart("Hm?", "somebody's", ""), new TextPart("x", "")] },
            ],
        };
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            ResponsesInput.Write(conversation, json);
            json.WriteEndObject();
        }

        ResponsesProviderCase.AssertJson(
            """
            {"input":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"sealed"},
             {"type":"message","role":"assistant","content":"x"}]}
            """,
            JsonNode.Parse(stream.ToArray()));
    }

    [Fact]
    public void Request_OfAResponsesClient_GoesThroughWithItsModelPatched()
    {
        const string Body = """{ "input": "Hi", "model":"mine", "x_unknown": [1, 2] }""";

        var (sent, warnings) = ResponsesProviderCase.Send(ResponsesProviderCase.Request(Body, InferenceOperation.Responses));

        Assert.Null(warnings);
        ResponsesProviderCase.AssertJson("""{"input":"Hi","model":"gpt-4o","x_unknown":[1,2]}""", sent);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"stop\":\"x\"", "stop")]
    [InlineData("\"logprobs\":true", "logprobs")]
    public void Field_WithoutCounterpart_IsRefused(string members, string field)
    {
        var upstream = ResponsesProviderCase.Adapter.CreateRequest(ResponsesProviderCase.Target("m"), ResponsesProviderCase.Ask(members));

        Assert.Equal((400, "unsupported_parameter", field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param));
    }
}
