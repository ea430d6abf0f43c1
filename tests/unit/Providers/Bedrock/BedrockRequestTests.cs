using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>Messages, tools and formats as Converse has them. Single fields are told by the documented table.</summary>
public sealed class BedrockRequestTests
{
    private const string Tool = """{"type":"function","function":{"name":"f","description":"d","parameters":{"properties":{"a":{"type":"string"}},"required":["a"]}}}""";
    private const string Schema = """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}}}}}""";

    [Fact]
    public void Turns_OfOneSide_AreOneTurn()
    {
        var sent = BedrockCase.Sent(BedrockCase.Say(
            """
            {"role":"user","content":"a"},{"role":"system","content":"late"},{"role":"user","content":[{"type":"text","text":"b"}]},
            {"role":"assistant","content":"c"},{"role":"assistant","content":"d"},{"role":"user","content":"e"}
            """));

        BedrockCase.AssertJson("""[{"text":"late"}]""", sent["system"]);
        BedrockCase.AssertJson(
            """
            [{"role":"user","content":[{"text":"a"},{"text":"b"}]},{"role":"assistant","content":[{"text":"c"},{"text":"d"}]},{"role":"user","content":[{"text":"e"}]}]
            """,
            sent["messages"]);
    }

    [Fact]
    public void Calls_AndTheirResults_AreBlocks()
    {
        var sent = BedrockCase.Sent(BedrockCase.Request(
            $$$"""
            {"model":"m","tools":[{{{Tool}}}],"messages":[
              {"role":"user","content":"go"},
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"call.1","type":"function","function":{"name":"f","arguments":"{\"a\": \"\\u00e9\"}"}},
                {"id":"c2","type":"function","function":{"name":"f","arguments":""}}]},
              {"role":"tool","tool_call_id":"call.1","content":"one"},
              {"role":"tool","tool_call_id":"c2","content":""},
              {"role":"user","content":"and?"}]}
            """));

        BedrockCase.AssertJson(
            """
            [{"role":"user","content":[{"text":"go"}]},
             {"role":"assistant","content":[{"toolUse":{"toolUseId":"call_1","name":"f","input":{"a":"é"}}},{"toolUse":{"toolUseId":"c2","name":"f","input":{}}}]},
             {"role":"user","content":[{"toolResult":{"toolUseId":"call_1","content":[{"text":"one"}]}},{"toolResult":{"toolUseId":"c2","content":[]}},{"text":"and?"}]}]
            """,
            sent["messages"]);
        BedrockCase.AssertJson(
            """{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}}}]}""",
            sent["toolConfig"]);
    }

    [Fact]
    public void Calls_WithoutTheirTools_AreGivenThem()
    {
        var sent = BedrockCase.Sent(BedrockCase.Say(
            """
            {"role":"user","content":"go"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"old.f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c","content":"one"}
            """));

        BedrockCase.AssertJson("""{"tools":[{"toolSpec":{"name":"old_f","inputSchema":{"json":{"type":"object"}}}}]}""", sent["toolConfig"]);
    }

    [Fact]
    public void CallIds_TooLong_StayDifferent()
    {
        var id = new string('i', 100);
        var sent = BedrockCase.Sent(BedrockCase.Say(
            $$$"""
            {"role":"user","content":"go"},{"role":"assistant","tool_calls":[
              {"id":"{{{id}}}1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"{{{id}}}2","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"{{{id}}}2","content":"two"}
            """));

        var calls = sent["messages"]![1]!["content"]!.AsArray().Select(static call => (string)call!["toolUse"]!["toolUseId"]!).ToList();
        Assert.Equal((64, 64), (calls[0].Length, calls[1].Length));
        Assert.NotEqual(calls[0], calls[1]);
        Assert.Equal(calls[1], (string?)sent["messages"]![2]!["content"]![0]!["toolResult"]!["toolUseId"]);
    }

    [Fact]
    public void Images_AndDocuments_AreBytes()
    {
        var sent = BedrockCase.Sent(BedrockCase.Say(
            """
            {"role":"user","content":[{"type":"text","text":"see"},
              {"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j+"}},
              {"type":"file","file":{"filename":"Q3 report_v2.final.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},
              {"type":"file","file":{"filename":"Q3 report v2 final.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},
              {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}
            """));

        BedrockCase.AssertJson(
            """
            [{"text":"see"},
             {"image":{"format":"jpeg","source":{"bytes":"/9j+"}}},
             {"document":{"format":"pdf","name":"Q3 report v2 final","source":{"bytes":"JVBERi0="}}},
             {"document":{"format":"pdf","name":"Q3 report v2 final 2","source":{"bytes":"JVBERi0="}}},
             {"audio":{"format":"wav","source":{"bytes":"UklGRg=="}}}]
            """,
            sent["messages"]![0]!["content"]);
    }

    [Fact]
    public void CacheControl_OfPartsAndTools_BecomesCachePoints()
    {
        const string Body =
            """
            {"model":"m","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}},"cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
                         {"role":"user","content":[{"type":"text","text":"u","cache_control":{"type":"ephemeral"}}]}]}
            """;

        var sent = BedrockCase.Sent(BedrockCase.Request(Body));
        BedrockCase.AssertJson("""[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}]""", sent["system"]);
        BedrockCase.AssertJson("""[{"text":"u"},{"cachePoint":{"type":"default"}}]""", sent["messages"]![0]!["content"]);
        BedrockCase.AssertJson("""{"cachePoint":{"type":"default"}}""", sent["toolConfig"]!["tools"]![1]);

        var nova = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(BedrockCase.Nova), BedrockCase.Request(Body));
        Assert.Equal("cache_control: dropped", nova.Warnings);
        var novas = BedrockCase.Body(nova);
        BedrockCase.AssertJson("""[{"text":"s"},{"cachePoint":{"type":"default"}}]""", novas["system"]);
        Assert.Single(novas["toolConfig"]!["tools"]!.AsArray());

        var llama = BedrockCase.Adapter.CreateRequest(BedrockCase.Target("meta.llama3-1-8b-instruct-v1:0"), BedrockCase.Request(Body));
        BedrockCase.AssertJson("""[{"text":"s"}]""", BedrockCase.Body(llama)["system"]);
    }

    [Theory]
    [InlineData("\"auto\"", """{"auto":{}}""")]
    [InlineData("\"required\"", """{"any":{}}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"tool":{"name":"f"}}""")]
    public void ToolChoice_IsMapped(string choice, string sent) =>
        BedrockCase.AssertJson(sent, BedrockCase.Sent(BedrockCase.Ask($"\"tools\":[{Tool}],\"tool_choice\":{choice}"))["toolConfig"]!["toolChoice"]);

    [Fact]
    public void ToolChoice_None_LeavesTheToolsOut() =>
        Assert.Null(BedrockCase.Sent(BedrockCase.Ask($"\"tools\":[{Tool}],\"tool_choice\":\"none\""))["toolConfig"]);

    [Fact]
    public void ToolChoice_NoneAfterCalls_IsSentAsAutoWithAWarning()
    {
        var upstream = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(), BedrockCase.Request(
            $$$"""
            {"model":"m","tools":[{{{Tool}}}],"tool_choice":"none","messages":[{"role":"user","content":"go"},
             {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}
            """));

        Assert.Equal("tool_choice: sent as auto", upstream.Warnings);
        Assert.Null(BedrockCase.Body(upstream)["toolConfig"]!["toolChoice"]);
    }

    [Fact]
    public void Schema_ForAModelThatTakesOne_IsSentAsText()
    {
        var sent = BedrockCase.Sent(BedrockCase.Ask($"\"response_format\":{Schema}"));

        BedrockCase.AssertJson(
            """{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"n","schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}"}}}}""",
            sent["outputConfig"]);
        Assert.Null(sent["toolConfig"]);
    }

    [Fact]
    public void Schema_ForAModelThatDoesNot_IsAToolItHasToCall()
    {
        var sent = BedrockCase.Sent(BedrockCase.Ask($"\"response_format\":{Schema}"), BedrockCase.Nova);

        Assert.Null(sent["outputConfig"]);
        BedrockCase.AssertJson("""{"tool":{"name":"gateway_json_answer"}}""", sent["toolConfig"]!["toolChoice"]);
        BedrockCase.AssertJson(
            """{"type":"object","properties":{"a":{"type":"string"}}}""", sent["toolConfig"]!["tools"]![0]!["toolSpec"]!["inputSchema"]!["json"]);
    }

    [Fact]
    public void Schema_BesideTheClientsTools_LeavesTheModelTheChoice()
    {
        var sent = BedrockCase.Sent(BedrockCase.Ask($"\"tools\":[{Tool}],\"response_format\":{Schema}"), BedrockCase.Nova);

        BedrockCase.AssertJson("""{"any":{}}""", sent["toolConfig"]!["toolChoice"]);
        Assert.Equal(2, sent["toolConfig"]!["tools"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("us.anthropic.claude-opus-4-6-v1", "high", """{"thinking":{"type":"adaptive"}}""", "high")]
    [InlineData("us.anthropic.claude-opus-4-6-v1", "none", """{"thinking":{"type":"disabled"}}""", null)]
    [InlineData(BedrockCase.Claude, "medium", """{"thinking":{"type":"enabled","budget_tokens":2048}}""", null)]
    [InlineData("us.amazon.nova-2-lite-v1:0", "low", """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}""", null)]
    [InlineData("openai.gpt-oss-120b-1:0", "minimal", """{"reasoning_effort":"low"}""", null)]
    public void ReasoningEffort_IsEachMakersOwn(string model, string effort, string fields, string? outputEffort)
    {
        var sent = BedrockCase.Sent(BedrockCase.Ask($"\"reasoning_effort\":\"{effort}\""), model);

        BedrockCase.AssertJson(fields, sent["additionalModelRequestFields"]);
        Assert.Equal(outputEffort, (string?)sent["outputConfig"]?["effort"]);
    }

    [Fact]
    public void Reasoning_AtNovasHighest_LeavesLimitsOut()
    {
        var upstream = BedrockCase.Adapter.CreateRequest(
            BedrockCase.Target("amazon.nova-2-lite-v1:0"), BedrockCase.Ask("\"reasoning_effort\":\"high\",\"max_tokens\":100,\"temperature\":0.5,\"top_p\":0.5"));

        Assert.Equal("temperature: dropped; top_p: dropped; max_tokens: dropped", upstream.Warnings);
        Assert.Null(BedrockCase.Body(upstream)["inferenceConfig"]);
    }

    [Theory]
    [InlineData("meta.llama3-1-8b-instruct-v1:0", "\"reasoning_effort\":\"low\"", "reasoning_effort: dropped")]
    [InlineData(BedrockCase.Claude, "\"reasoning_effort\":\"low\",\"max_tokens\":500", "reasoning_effort: dropped")]
    [InlineData(BedrockCase.Claude, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048},\"top_k\":4", "top_k: dropped")]
    [InlineData(BedrockCase.Claude, "\"temperature\":1.5", "temperature: lowered to 1")]
    [InlineData(BedrockCase.Claude, "\"temperature\":0.5,\"top_p\":0.5", "top_p: dropped")]
    [InlineData(BedrockCase.Claude, "\"stop\":[\" \",\"END\"]", "stop: dropped")]
    [InlineData("meta.llama3-1-8b-instruct-v1:0", "\"top_k\":4", "top_k: dropped")]
    public void Wish_ThatAModelDoesNotTake_IsDroppedWithAWarning(string model, string members, string warning) =>
        Assert.Equal(warning, BedrockCase.Adapter.CreateRequest(BedrockCase.Target(model), BedrockCase.Ask(members)).Warnings);

    [Theory]
    [InlineData(BedrockCase.Claude, """{"top_k":4}""")]
    [InlineData("mistral.mistral-large-2407-v1:0", """{"top_k":4}""")]
    [InlineData(BedrockCase.Nova, """{"inferenceConfig":{"topK":4}}""")]
    [InlineData("cohere.command-r-v1:0", """{"k":4}""")]
    public void TopK_IsEachMakersOwn(string model, string fields) =>
        BedrockCase.AssertJson(fields, BedrockCase.Sent(BedrockCase.Ask("\"top_k\":4"), model)["additionalModelRequestFields"]);

    [Fact]
    public void ModelFields_OfTheClient_GoBeforeWhatOtherFieldsComeTo() => BedrockCase.AssertJson(
        """{"top_k":9,"anthropic_beta":["x"]}""",
        BedrockCase.Sent(BedrockCase.Ask("\"top_k\":4,\"additionalModelRequestFields\":{\"top_k\":9,\"anthropic_beta\":[\"x\"]}"))["additionalModelRequestFields"]);

    [Theory]
    [InlineData("""{"role":"assistant","content":"Hi"}""", 400, "invalid_value", "messages[0]")]
    [InlineData("""{"role":"system","content":"Hi"}""", 400, "invalid_value", "messages")]
    [InlineData("""{"role":"user","content":"  "}""", 400, "invalid_value", "messages")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}""", 400, "unsupported_parameter", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x"}}]}""", 400, "invalid_value", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/tiff;base64,AAAA"}}]}""", 400, "invalid_value", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,%%%"}}]}""", 400, "invalid_value", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}""", 400, "unsupported_parameter", "messages[0].content[0].file")]
    [InlineData("""{"role":"system","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"user","content":"x"}""", 400, "unsupported_parameter", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"not json"}}]}""", 400, "invalid_value", "messages[1].tool_calls[0].function.arguments")]
    [InlineData("""{"role":"user","content":"\ud800"}""", 400, "invalid_json", null)]
    public void Message_ThatCannotBeSent_IsRefusedClearly(string messages, int status, string code, string? param)
    {
        var refusal = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(), BedrockCase.Say(messages)).Refusal;

        Assert.Equal((status, code, param), (refusal?.Status, refusal?.Code, refusal?.Param));
    }

    [Theory]
    [InlineData("""{"type":"json_object"}""", BedrockCase.Claude)]
    [InlineData(Schema, "meta.llama3-1-8b-instruct-v1:0")]
    public void Format_ThatThereIsNot_IsRefused(string format, string model)
    {
        var refusal = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(model), BedrockCase.Ask($"\"response_format\":{format}")).Refusal;

        Assert.Equal((400, "unsupported_parameter", "response_format"), (refusal?.Status, refusal?.Code, refusal?.Param));
    }

    [Fact]
    public void Tool_WithANameBedrockDoesNotTake_IsRefused()
    {
        var refusal = BedrockCase.Adapter.CreateRequest(
            BedrockCase.Target(), BedrockCase.Ask("""  "tools":[{"type":"function","function":{"name":"a.b"}}]  """)).Refusal;

        Assert.Equal((400, "invalid_value"), (refusal?.Status, refusal?.Code));
    }

    [Fact]
    public void Request_WithFiveHundredToolsAndALongText_IsWritten()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(static i => Tool.Replace("\"f\"", $"\"f{i}\"", StringComparison.Ordinal)));
        var text = new string('ä', 2_500_000);

        var sent = BedrockCase.Sent(BedrockCase.Request($$"""{"model":"m","tools":[{{tools}}],"messages":[{"role":"user","content":"{{text}}"}]}"""));

        Assert.Equal(500, sent["toolConfig"]!["tools"]!.AsArray().Count);
        Assert.Equal(text, (string?)sent["messages"]![0]!["content"]![0]!["text"]);
    }

    [Fact]
    public void StopSequences_OfClaude_AreAskedBack() => BedrockCase.AssertJson(
        """["/stop_sequence"]""", BedrockCase.Sent(BedrockCase.Ask("\"stop\":\"END\""))["additionalModelResponseFieldPaths"]);

    [Fact]
    public void Thoughts_WithoutSignature_AreDroppedWithAWarning()
    {
        var upstream = BedrockCase.Adapter.CreateRequest(
            BedrockCase.Target(), BedrockCase.Say("""{"role":"user","content":"a"},{"role":"assistant","reasoning_content":"hm","content":"b"},{"role":"user","content":"c"}"""));

        Assert.Equal("messages.reasoning_content: dropped", upstream.Warnings);
        Assert.Single(BedrockCase.Body(upstream)["messages"]![1]!["content"]!.AsArray());
    }

    [Fact]
    public void Body_OfARequest_NamesNoModelAndNoStream()
    {
        var sent = BedrockCase.Sent(BedrockCase.Ask("\"stream\":true"));

        Assert.Equal(["messages"], ((IDictionary<string, JsonNode?>)sent).Keys);
    }
}
