using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

public sealed class AnthropicRequestTests
{
    [Fact]
    public void Request_Headers_CarryKeyAndVersion()
    {
        var message = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), AnthropicCase.Ask("")).Message!;

        Assert.Equal("https://api.anthropic.com/v1/messages", message.RequestUri!.ToString());
        Assert.Equal("sk-ant-planted", Assert.Single(message.Headers.GetValues("x-api-key")));
        Assert.Equal("2023-06-01", Assert.Single(message.Headers.GetValues("anthropic-version")));
        Assert.False(message.Headers.Contains("Authorization"));
        Assert.Equal("application/json", message.Content!.Headers.ContentType!.MediaType);
    }

    [Fact]
    public void Request_WithApiVersion_AsksForIt()
    {
        var target = AnthropicCase.Target();
        target = target with { Definition = target.Definition with { ApiVersion = "2027-01-01" } };

        var message = AnthropicCase.Adapter.CreateHealthCheck(target);

        Assert.Equal("2027-01-01", Assert.Single(message.Headers.GetValues("anthropic-version")));
        Assert.Equal("https://api.anthropic.com/v1/models?limit=1", message.RequestUri!.ToString());
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(8192, 8192)]
    public void MaxTokens_NotGiven_IsTheEntrysOrDefault(int entry, int expected)
    {
        var sent = AnthropicCase.Sent(AnthropicCase.Ask(""), AnthropicCase.Target(maxOutputTokens: entry));

        Assert.Equal(expected, (int)sent["max_tokens"]!);
    }

    [Fact]
    public void Conversation_WithParallelToolCalls_MergesResultsIntoOneTurn()
    {
        var sent = AnthropicCase.Sent(AnthropicCase.Request("""
            {"messages":[
              {"role":"developer","content":[{"type":"text","text":"A"},{"type":"text","text":"B","cache_control":{"type":"ephemeral"}}]},
              {"role":"user","content":"Weather in Rome and Oslo?"},
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Rome\"}"}},
                {"id":"call:2","type":"function","function":{"name":"now","arguments":""}}]},
              {"role":"tool","tool_call_id":"call_1","content":"sun"},
              {"role":"tool","tool_call_id":"call:2","content":[{"type":"text","text":"noon"}]},
              {"role":"user","content":"And?"}]}
            """));

        AnthropicCase.AssertJson("""[{"type":"text","text":"A"},{"type":"text","text":"B","cache_control":{"type":"ephemeral"}}]""", sent["system"]);
        AnthropicCase.AssertJson("""
            [{"role":"user","content":[{"type":"text","text":"Weather in Rome and Oslo?"}]},
             {"role":"assistant","content":[
               {"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Rome"}},
               {"type":"tool_use","id":"call_2","name":"now","input":{}}]},
             {"role":"user","content":[
               {"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"sun"}]},
               {"type":"tool_result","tool_use_id":"call_2","content":[{"type":"text","text":"noon"}]},
               {"type":"text","text":"And?"}]}]
            """, sent["messages"]);
    }

    [Fact]
    public void Content_WithImagesAndFiles_BecomesBlocksWithSources()
    {
        var sent = AnthropicCase.Sent(AnthropicCase.Request("""
            {"messages":[{"role":"user","content":[
              {"type":"text","text":"Look"},
              {"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}},
              {"type":"image_url","image_url":{"url":"data:image/jpg;base64,QUJD"}},
              {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,UERG"}},
              {"type":"text","text":"  "}]}]}
            """));

        AnthropicCase.AssertJson("""
            [{"type":"text","text":"Look"},
             {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
             {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"QUJD"}},
             {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"UERG"},"title":"a.pdf"}]
            """, sent["messages"]![0]!["content"]);
    }

    [Theory]
    [InlineData("\"auto\"", """{"type":"auto"}""")]
    [InlineData("\"none\"", """{"type":"none"}""")]
    [InlineData("\"required\"", """{"type":"any"}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"type":"tool","name":"f"}""")]
    public void ToolChoice_EachForm_IsTranslated(string choice, string expected)
    {
        var sent = AnthropicCase.Sent(AnthropicCase.Ask($"""
            "tools":[JSON],"tool_choice":{choice}
            """.Replace("JSON", """{"type":"function","function":{"name":"f"}}""", StringComparison.Ordinal)));

        AnthropicCase.AssertJson(expected, sent["tool_choice"]);
        AnthropicCase.AssertJson("""[{"name":"f","input_schema":{"type":"object","properties":{}}}]""", sent["tools"]);
    }

    [Fact]
    public void Sampling_OutsideAnthropicsRange_IsClampedWithWarning()
    {
        var request = AnthropicCase.Ask("""
            "temperature":1.7,"top_p":1,"stop":["END"," "]
            """);

        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), request);

        var sent = AnthropicCase.Body(upstream);
        Assert.Equal(1, (double)sent["temperature"]!);
        Assert.Null(sent["top_p"]);
        AnthropicCase.AssertJson("""["END"]""", sent["stop_sequences"]);
        Assert.Equal("temperature: lowered to 1; stop: sequences of white space dropped", upstream.Warnings);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5-20250929", "medium", """{"type":"enabled","budget_tokens":5000}""", null)]
    [InlineData("claude-3-7-sonnet-20250219", "low", """{"type":"enabled","budget_tokens":2000}""", null)]
    [InlineData("claude-3-5-haiku-20241022", "high", null, "reasoning_effort: dropped")]
    [InlineData("claude-sonnet-4-20250514", "none", null, null)]
    [InlineData("claude-opus-4-6", "none", """{"type":"disabled"}""", null)]
    [InlineData("claude-sonnet-5", "minimal", """{"type":"adaptive"}""", null)]
    [InlineData("my-claude", "low", """{"type":"adaptive"}""", null)]
    public void ReasoningEffort_ByGeneration_ChoosesHowToThink(string model, string effort, string? expected, string? warning)
    {
        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(model), AnthropicCase.Ask($$"""
            "max_tokens":10000,"reasoning_effort":"{{effort}}"
            """));

        Assert.Equal(warning, upstream.Warnings);
        AnthropicCase.AssertJson(expected ?? "null", AnthropicCase.Body(upstream)["thinking"]);
    }

    [Fact]
    public void ReasoningEffort_WithoutRoomForABudget_IsDropped()
    {
        var request = AnthropicCase.Ask("\"max_tokens\":1024,\"reasoning_effort\":\"high\"");

        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target("claude-opus-4-1"), request);

        Assert.Equal("reasoning_effort: dropped", upstream.Warnings);
        Assert.Null(AnthropicCase.Body(upstream)["thinking"]);
    }

    [Fact]
    public void Thinking_WithTemperature_DropsTheTemperature()
    {
        var request = AnthropicCase.Ask("\"temperature\":0.2,\"reasoning_effort\":\"high\"");

        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), request);

        Assert.Equal("temperature: dropped", upstream.Warnings);
        Assert.Null(AnthropicCase.Body(upstream)["temperature"]);
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "invalid_value", "messages")]
    [InlineData("""{"messages":[{"role":"system","content":"S"},{"role":"user","content":""}]}""", "invalid_value", "messages")]
    [InlineData("""{"messages":"Hi"}""", "invalid_value", "messages")]
    [InlineData("""{"messages":[{"content":"Hi"}]}""", "missing_field", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "invalid_value", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}}]}]}""", "unsupported_parameter", "messages[0].content[0].input_audio")]
    [InlineData("""{"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://a/b"}}]},{"role":"user","content":"Hi"}]}""", "unsupported_parameter", "messages[0].content[0].image_url")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}""", "unsupported_parameter", "messages[0].content[0].file")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://a/b"}}]}]}""", "invalid_value", "messages[0].content[0].image_url")]
    [InlineData("""{"messages":[{"role":"function","name":"f","content":"x"}]}""", "unsupported_parameter", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "missing_field", "messages[0].tool_call_id")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"[1]"}}]}]}""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{"}}]}]}""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"custom","custom":{"name":"c"}}]}""", "unsupported_parameter", "tools[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function"}]}""", "missing_field", "tools[0].function.name")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"temperature":"hot"}""", "invalid_value", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"stop":[1]}""", "invalid_value", "stop")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "invalid_json", null)]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tools":[{"function":{"name":"f","parameters":{"title":"\udc00\ud800"}}}]}""", "invalid_json", null)]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":\"\\ud800x\"}"}}]}]}""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    public void Request_ThatCannotBeTranslated_IsRefusedByField(string body, string code, string? field)
    {
        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), AnthropicCase.Request(body));

        Assert.Null(upstream.Message);
        Assert.Equal((400, code, field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param));
    }

    [Fact]
    public void JsonSchema_ForAnOldModel_IsRefused()
    {
        var request = AnthropicCase.Ask("""
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}
            """);

        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target("claude-3-opus-20240229"), request);

        Assert.Equal(("unsupported_parameter", "response_format"), (upstream.Refusal?.Code, upstream.Refusal?.Param));
    }

    [Fact]
    public void Warnings_ForManyStrangeFields_StayASmallPrintableHeader()
    {
        var members = string.Join(',', Enumerable.Range(0, 500).Select(static i => $"\"bad\\r\\nx-evil: {i} {new string('é', 200)}\":1"));

        var warnings = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), AnthropicCase.Ask(members)).Warnings!;

        Assert.InRange(warnings.Length, 1, 2000);
        Assert.All(warnings, static character => Assert.InRange(character, ' ', '~'));
    }

    [Fact]
    public void Members_OfMessagesThatAnthropicLacks_AreDroppedWithWarning()
    {
        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), AnthropicCase.Request("""
            {"messages":[
              {"role":"user","name":"Ann","content":"Hi"},
              {"role":"assistant","content":"Yes","reasoning_content":"Hm","annotations":[],"audio":{"id":"a"}},
              {"role":"user","content":"Go on"}]}
            """));

        Assert.Equal("messages.audio: dropped; messages.name: dropped; messages.reasoning_content: dropped", upstream.Warnings);
        AnthropicCase.AssertJson("""[{"type":"text","text":"Yes"}]""", AnthropicCase.Body(upstream)["messages"]![1]!["content"]);
    }

    [Theory]
    [InlineData("claude-opus-4-7", "temperature: dropped; top_p: dropped; top_k: dropped")]
    [InlineData("claude-opus-5", "temperature: dropped; top_p: dropped; top_k: dropped")]
    [InlineData("claude-opus-4-6", null)]
    [InlineData("claude-next", null)]
    public void Sampling_OfAModelThatTakesNone_IsDropped(string model, string? warnings)
    {
        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(model), AnthropicCase.Ask("\"temperature\":0.5,\"top_p\":0.9,\"top_k\":4"));

        Assert.Equal(warnings, upstream.Warnings);
        Assert.Equal(warnings is null, AnthropicCase.Body(upstream).ContainsKey("temperature"));
        Assert.Null(AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(model), AnthropicCase.Ask("\"temperature\":1,\"top_p\":1")).Warnings);
    }

    [Fact]
    public void Budget_ForAModelThatKnowsNone_IsAnEffort()
    {
        var upstream = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target("claude-opus-4-7"), AnthropicCase.Ask("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4096}"));

        var sent = AnthropicCase.Body(upstream);
        Assert.Equal("thinking: sent as adaptive", upstream.Warnings);
        AnthropicCase.AssertJson("""{"type":"adaptive"}""", sent["thinking"]);
        AnthropicCase.AssertJson("""{"effort":"medium"}""", sent["output_config"]);
    }

    [Fact]
    public void Thoughts_SignedByAnthropic_GoBackAsTheyCame()
    {
        var conversation = new Conversation
        {
            Messages =
            [
                new Message(Role.User) { Parts = [new TextPart("Hi", "")] },
                new Message(Role.Assistant)
                {
                    Parts = [new ReasoningPart("Hm", "c2ln", ""), new ReasoningPart("", "b3BhcXVl", "") { IsRedacted = true }],
                    Calls = [new ToolCall("t1", "f", "{}")],
                },
                new Message(Role.Tool) { ToolCallId = "t1", IsToolError = true, Parts = [new TextPart("no", "")] },
            ],
            Reasoning = new ReasoningWish("low", 0),
            MaxOutputTokens = 10_000,
        };

        var sent = AnthropicCase.Sent(AnthropicCase.Request(conversation), AnthropicCase.Target("claude-sonnet-4-5"));

        AnthropicCase.AssertJson("""{"type":"enabled","budget_tokens":2000}""", sent["thinking"]);
        AnthropicCase.AssertJson("""
            [{"role":"user","content":[{"type":"text","text":"Hi"}]},
             {"role":"assistant","content":[
               {"type":"thinking","thinking":"Hm","signature":"c2ln"},
               {"type":"redacted_thinking","data":"b3BhcXVl"},
               {"type":"tool_use","id":"t1","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"no"}],"is_error":true}]}]
            """, sent["messages"]);
    }

    [Theory]
    [InlineData(InferenceOperation.ChatCompletions, true)]
    [InlineData(InferenceOperation.Responses, true)]
    [InlineData(InferenceOperation.Messages, true)]
    [InlineData(InferenceOperation.Completions, false)]
    [InlineData(InferenceOperation.Embeddings, false)]
    public void Operations_OtherThanChat_AreNotSupported(object operation, bool expected) =>
        Assert.Equal(expected, AnthropicCase.Adapter.Supports((InferenceOperation)operation));
}
