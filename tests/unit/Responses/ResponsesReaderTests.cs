using System.Text;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.Tests.Unit.Responses;

public sealed class ResponsesReaderTests
{
    [Fact]
    public void Read_OfTextWithInstructions_IsASystemAndAUserMessage()
    {
        var conversation = ResponsesCase.Read("""{"model":"m","instructions":"Be brief.","input":"Hi"}""");

        Assert.Equal([(Role.System, "Be brief."), (Role.User, "Hi")], conversation.Messages.Select(static message => (message.Role, message.Text)));
    }

    [Fact]
    public void Read_OfOneTurnInSeveralItems_IsOneMessage()
    {
        var conversation = ResponsesCase.Read("""
            {"model":"m","input":[
              {"role":"user","content":"Weather and time?"},
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."},{"type":"summary_text","text":"Two."}],"encrypted_content":"c2ln"},
              {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"I look.","annotations":[]}]},
              {"type":"function_call","id":"fc_1","call_id":"c1","name":"weather","arguments":"{\"city\":\"Paris\"}"},
              {"type":"function_call","call_id":"c2","name":"time","arguments":""},
              {"type":"function_call_output","call_id":"c1","output":"fine"},
              {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"noon"},{"type":"input_image","image_url":"https://h/i.png"}]}
            ]}
            """);

        Assert.Equal([Role.User, Role.Assistant, Role.Tool, Role.Tool], conversation.Messages.Select(static message => message.Role));
        var turn = conversation.Messages[1];
        Assert.Equal([new ReasoningPart("Hm.\n\nTwo.", "openai.rs_1.c2ln", "input[1]"), new TextPart("I look.", "input[2].content[0]")], turn.Parts);
        Assert.Equal([new ToolCall("c1", "weather", "{\"city\":\"Paris\"}"), new ToolCall("c2", "time", "{}")], turn.Calls);
        Assert.Equal(("c1", "fine"), (conversation.Messages[2].ToolCallId, conversation.Messages[2].Text));
        Assert.Equal([typeof(TextPart), typeof(ImagePart)], conversation.Messages[3].Parts.Select(static part => part.GetType()));
    }

    [Fact]
    public void Read_OfTwoAssistantMessages_KeepsThemApart_AndOfThoughtsAlone_DropsThem()
    {
        var conversation = ResponsesCase.Read("""
            {"model":"m","input":[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"},{"type":"reasoning","summary":[{"type":"summary_text","text":"x"}]},{"role":"developer","content":"c"}]}
            """);

        Assert.Equal(
            [(Role.Assistant, "a"), (Role.Assistant, "b"), (Role.System, "c")], conversation.Messages.Select(static message => (message.Role, message.Text)));
    }

    [Fact]
    public void Read_OfEveryKindOfContent_KeepsIt()
    {
        var conversation = ResponsesCase.Read("""
            {"model":"m","input":[{"role":"user","content":[
              {"type":"input_text","text":"x"},
              {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"high"},
              {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"},
              {"type":"input_file","file_url":"https://h/a.pdf"},
              {"type":"input_file","file_id":"file-1"},
              {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]},
              {"role":"assistant","content":[{"type":"refusal","refusal":"No."}]}]}
            """);

        var parts = conversation.Messages[0].Parts;
        Assert.Equal("high", Assert.IsType<ImagePart>(parts[1]).Detail);
        Assert.Equal(
            [("a.pdf", null, null), (null, "https://h/a.pdf", null), (null, null, "file-1")],
            parts.OfType<FilePart>().Select(static file => (file.FileName, file.Url, file.FileId)));
        Assert.Equal("wav", Assert.IsType<AudioPart>(parts[5]).Format);
        Assert.Equal("No.", Assert.IsType<RefusalPart>(conversation.Messages[1].Parts[0]).Text);
    }

    [Fact]
    public void Read_OfSettings_TakesThemUnderTheNamesOfChatCompletions()
    {
        var conversation = ResponsesCase.Read("""
            {"model":"m","input":"x","max_output_tokens":99,"temperature":0.5,"top_p":0.9,"parallel_tool_calls":false,
             "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},{"type":"function","name":"g","parameters":null}],
             "tool_choice":{"type":"function","name":"f"},
             "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},
             "reasoning":{"effort":"high","summary":"auto"},"user":"u","metadata":{"a":"b"},"service_tier":"flex",
             "store":true,"include":["file_search_call.results"],"truncation":"auto","x_unknown":1}
            """);

        Assert.Equal((99, 0.5, 0.9, false), (conversation.MaxOutputTokens, conversation.Temperature, conversation.TopP, conversation.ParallelToolCalls));
        Assert.Equal([("f", "d", true), ("g", null, false)], conversation.Tools.Select(static tool => (tool.Name, tool.Description, tool.IsStrict)));
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f"), conversation.ToolChoice);
        Assert.Equal((AnswerFormatKind.JsonSchema, "n", true), (conversation.Format.Kind, conversation.Format.Name, conversation.Format.IsStrict));
        Assert.Equal(("high", "u"), (conversation.Reasoning.Effort, conversation.User));
        Assert.Equal(
            ["max_completion_tokens", "parallel_tool_calls", "reasoning_effort", "response_format", "service_tier", "temperature", "tool_choice", "tools", "top_p", "user", "verbosity"],
            conversation.Fields.Keys.Order());
        Assert.Equal(["store", "include", "truncation", "x_unknown"], conversation.Dropped);
    }

    [Theory]
    [InlineData(""" "store":false,"include":[],"truncation":"disabled","background":false,"top_logprobs":0,"previous_response_id":null """)]
    [InlineData(""" "include":["reasoning.encrypted_content"] """)]
    public void Read_OfWhatAsksForNothing_DropsNothing(string members) =>
        Assert.Empty(ResponsesCase.Read($$"""{"model":"m","input":"x",{{members}}}""").Dropped);

    [Theory]
    [InlineData("""{"input":[]}""", "invalid_value", "input")]
    [InlineData("""{"input":7}""", "invalid_value", "input")]
    [InlineData("""{"input":[{"type":"reasoning","summary":[]}]}""", "invalid_value", "input")]
    [InlineData("""{"input":[{"content":"x"}]}""", "missing_field", "input[0].role")]
    [InlineData("""{"input":[{"role":"tool","content":"x"}]}""", "invalid_value", "input[0].role")]
    [InlineData("""{"input":[{"role":"user"}]}""", "missing_field", "input[0].content")]
    [InlineData("""{"input":[{"role":"user","content":{}}]}""", "invalid_value", "input[0].content")]
    [InlineData("""{"input":[{"role":"user","content":[{}]}]}""", "missing_field", "input[0].content[0].type")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text"}]}]}""", "missing_field", "input[0].content[0].text")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"brand_new"}]}]}""", "unsupported_parameter", "input[0].content[0]")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image"}]}]}""", "missing_field", "input[0].content[0].image_url")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}""", "unsupported_parameter", "input[0].content[0].file_id")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"http://h/i"}]}]}""", "invalid_value", "input[0].content[0].image_url")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file","file_data":"AAAA"}]}]}""", "invalid_value", "input[0].content[0].file_data")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{"}]}""", "invalid_value", "input[0].arguments")]
    [InlineData("""{"input":[{"type":"function_call","name":"f","arguments":"{}"}]}""", "missing_field", "input[0].call_id")]
    [InlineData("""{"input":[{"type":"function_call_output","output":"x"}]}""", "missing_field", "input[0].call_id")]
    [InlineData("""{"input":[{"type":"item_reference","id":"x"}]}""", "unsupported_parameter", "input[0].type")]
    [InlineData("""{"input":[{"type":"web_search_call","id":"x"}]}""", "unsupported_parameter", "input[0].type")]
    [InlineData("""{"input":"x","tools":[{"type":"web_search"}]}""", "unsupported_parameter", "tools[0].type")]
    [InlineData("""{"input":"x","tools":[{"type":"function"}]}""", "missing_field", "tools[0].name")]
    [InlineData("""{"input":"x","tools":[{"name":"f"}]}""", "missing_field", "tools[0].type")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f","parameters":[]}]}""", "invalid_value", "tools[0].parameters")]
    [InlineData("""{"input":"x","tool_choice":{"type":"file_search"}}""", "unsupported_parameter", "tool_choice")]
    [InlineData("""{"input":"x","text":{"format":{"type":"grammar"}}}""", "invalid_value", "text.format")]
    [InlineData("""{"input":"x","text":{"format":{"type":"json_schema","name":"n"}}}""", "missing_field", "text.format.schema")]
    [InlineData("""{"input":"x","previous_response_id":"resp_1"}""", "unsupported_parameter", "previous_response_id")]
    [InlineData("""{"input":"x","conversation":"conv_1"}""", "unsupported_parameter", "conversation")]
    [InlineData("""{"input":"x","prompt":{"id":"p"}}""", "unsupported_parameter", "prompt")]
    [InlineData("""{"input":"x","background":true}""", "unsupported_parameter", "background")]
    [InlineData("""{"input":"x","temperature":"hot"}""", "invalid_value", "temperature")]
    [InlineData("""{"input":"x","reasoning":{"effort":7}}""", "invalid_value", "reasoning.effort")]
    [InlineData("""{"input":"x","instructions":["y"]}""", "invalid_value", "instructions")]
    public void Read_OfWhatCannotBeSent_SaysWhereAndWhy(string body, string code, string param)
    {
        var refusal = Refuse(body);

        Assert.Equal((400, code, param), (refusal.Status, refusal.Code, refusal.Param));
    }

    [Fact]
    public void Read_OfHalfASurrogatePair_IsInvalidJson() =>
        Assert.Equal("invalid_json", Refuse("""{"input":"\ud83d"}""").Code);

    private static Refusal Refuse(string body)
    {
        var reading = ResponsesDialect.Instance.Read(Encoding.UTF8.GetBytes(body));
        Assert.Null(reading.Conversation);
        return reading.Refusal!;
    }
}
