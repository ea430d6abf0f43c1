using System.Text;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Unit.ChatCompletions;

public sealed class ChatReaderTests
{
    [Fact]
    public void Read_AConversationWithTools_KeepsWhoSaidWhat()
    {
        var conversation = Read(
            """
            {"model":"m","messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"Look:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},
              {"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
              {"role":"tool","tool_call_id":"c1","content":"42"}]}
            """);

        Assert.Equal([Role.System, Role.User, Role.Assistant, Role.Tool], conversation.Messages.Select(m => m.Role));
        Assert.Equal("Be brief.", conversation.Messages[0].Text);
        var image = Assert.IsType<ImagePart>(conversation.Messages[1].Parts[1]);
        Assert.Equal("data:image/png;base64,AAAA", image.Data.ToString());
        Assert.Equal("low", image.Detail);
        Assert.Equal("hm", Assert.IsType<ReasoningPart>(Assert.Single(conversation.Messages[2].Parts)).Text);
        Assert.Equal([new ToolCall("c1", "f", """{"a":1}"""), new ToolCall("c2", "g", "{}")], conversation.Messages[2].Calls);
        Assert.Equal("c1", conversation.Messages[3].ToolCallId);
    }

    [Fact]
    public void Read_Settings_AreTyped()
    {
        var conversation = Read(
            """
            {"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":5,"max_completion_tokens":7,"stop":"END","temperature":0.5,"top_p":0.9,
             "top_k":40,"seed":-3,"frequency_penalty":1,"presence_penalty":-1,"reasoning_effort":"high","user":"u","parallel_tool_calls":false,
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}],
             "tool_choice":{"type":"function","function":{"name":"f"}},
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},"x_new":null,"x_other":1}
            """);

        Assert.Equal(7, conversation.MaxOutputTokens);
        Assert.Equal(["END"], conversation.Stop);
        Assert.Equal((0.5, 0.9, 40, -3L, 1.0, -1.0), (conversation.Temperature, conversation.TopP, conversation.TopK, conversation.Seed, conversation.FrequencyPenalty, conversation.PresencePenalty));
        Assert.Equal(new ReasoningWish("high", 0), conversation.Reasoning);
        Assert.Equal("u", conversation.User);
        Assert.False(conversation.ParallelToolCalls);
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f"), conversation.ToolChoice);
        var tool = Assert.Single(conversation.Tools);
        Assert.Equal(("f", "d", true), (tool.Name, tool.Description, tool.IsStrict));
        Assert.Equal((AnswerFormatKind.JsonSchema, "n", true), (conversation.Format.Kind, conversation.Format.Name, conversation.Format.IsStrict));
        Assert.True(conversation.Fields.ContainsKey("x_other"));
        Assert.False(conversation.Fields.ContainsKey("x_new"));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", "temperature", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_p":2}""", "top_p", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"seed":1.5}""", "seed", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop":[1]}""", "stop", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":{}}""", "tools", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"custom","custom":{"name":"f"}}]}""", "tools[0].type", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}""", "tools[0].function.name", "missing_field")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}]}""", "tools[0].function.parameters", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tool_choice":"any"}""", "tool_choice", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "response_format", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}""", "response_format.json_schema.schema", "missing_field")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages[0].role", "missing_field")]
    [InlineData("""{"messages":[{"role":"robot","content":"x"}]}""", "messages[0].role", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", "messages[0].content[0].type", "missing_field")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"video"}]}]}""", "messages[0].content[0]", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x/y.png"}}]}]}""", "messages[0].content[0].image_url", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "messages[0].content[0].image_url.url", "missing_field")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]}]}""", "messages[0].tool_calls[0].function.arguments", "invalid_value")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"[1]"}}]}]}""", "messages[0].tool_calls[0].function.arguments", "invalid_value")]
    [InlineData("""{"messages":[{"role":"assistant","function_call":{"name":"f"}}]}""", "messages[0].function_call", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id", "missing_field")]
    public void Read_WhatCannotBeTranslated_IsRefusedByItsPlace(string body, string param, string code)
    {
        var refusal = ChatReader.Read(Encoding.UTF8.GetBytes(body)).Refusal!;

        Assert.Equal((400, param, code), (refusal.Status, refusal.Param, refusal.Code));
    }

    [Fact]
    public void Read_HalfASurrogatePair_IsInvalidJson()
    {
        var refusal = ChatReader.Read("""{"messages":[{"role":"user","content":"\ud800"}]}"""u8.ToArray()).Refusal!;

        Assert.Equal("invalid_json", refusal.Code);
    }

    private static Conversation Read(string body)
    {
        var reading = ChatReader.Read(Encoding.UTF8.GetBytes(body));
        Assert.Null(reading.Refusal);
        return reading.Conversation!;
    }
}
