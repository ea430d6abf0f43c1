using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Messages;

namespace ProxyCluster.Tests.Unit.Messages;

public sealed class MessagesReaderTests
{
    [Fact]
    public void Conversation_WithToolsAndThoughts_ReachesAnOpenAiServerInItsForm()
    {
        var sent = MessagesCase.SentToOpenAi(MessagesCase.Request("""
            {"model":"m","max_tokens":10,"system":[{"type":"text","text":"A"},{"type":"text","text":"B","cache_control":{"type":"ephemeral"}}],
             "messages":[
              {"role":"user","content":"Weather in Rome and Oslo?"},
              {"role":"assistant","content":[
                {"type":"thinking","thinking":"Hm","signature":"c2ln"},
                {"type":"redacted_thinking","data":"b3BhcXVl"},
                {"type":"text","text":"Let me look."},
                {"type":"tool_use","id":"t1","name":"weather","input":{ "city": "Rome" }},
                {"type":"tool_use","id":"t2","name":"weather","input":{}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","content":"sun"},
                {"type":"tool_result","tool_use_id":"t2","is_error":true,"content":[{"type":"text","text":"no"},{"type":"text","text":"pe"}]},
                {"type":"text","text":"And?"}]}]}
            """));

        MessagesCase.AssertJson("""
            [{"role":"system","content":"A\n\nB"},
             {"role":"user","content":"Weather in Rome and Oslo?"},
             {"role":"assistant","content":"Let me look.","tool_calls":[
               {"id":"t1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"} },
               {"id":"t2","type":"function","function":{"name":"weather","arguments":"{}"} }]},
             {"role":"tool","tool_call_id":"t1","content":"sun"},
             {"role":"tool","tool_call_id":"t2","content":"nope"},
             {"role":"user","content":"And?"}]
            """, sent["messages"]);
    }

    [Fact]
    public void Thoughts_WithTheirSignatures_AreKeptForWhoTakesThemBack()
    {
        var reading = MessagesDialect.Instance.Read("""
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[
              {"type":"thinking","thinking":"Hm","signature":"c2ln"},{"type":"thinking","thinking":"unsigned","signature":""},{"type":"redacted_thinking","data":"eA=="}]}]}
            """u8.ToArray());

        var thoughts = reading.Conversation!.Messages[1].Parts.Cast<GatewayApi.Dialects.ReasoningPart>();
        Assert.Equal(
            [("Hm", "c2ln", false), ("unsigned", null, false), ("", "eA==", true)],
            thoughts.Select(static thought => (thought.Text, thought.Signature, thought.IsRedacted)));
    }

    [Fact]
    public void Content_WithImagesAndDocuments_BecomesParts()
    {
        var sent = MessagesCase.SentToOpenAi(MessagesCase.Request("""
            {"model":"m","max_tokens":10,"messages":[{"role":"user","content":[
              {"type":"text","text":"Look"},
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},
              {"type":"image","source":{"type":"url","url":"https://example.com/a.png"}},
              {"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"UERG"}},
              {"type":"document","title":"Notes","context":"Of May","source":{"type":"text","media_type":"text/plain","data":"It rained."}},
              {"type":"document","source":{"type":"content","content":[{"type":"text","text":"inner"}]}},
              {"type":"search_result","title":"T","source":"https://s","content":[{"type":"text","text":"found"}]}]}]}
            """));

        MessagesCase.AssertJson("""
            [{"type":"text","text":"Look"},
             {"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"} },
             {"type":"image_url","image_url":{"url":"https://example.com/a.png"} },
             {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,UERG"} },
             {"type":"text","text":"Notes\n\nOf May\n\nIt rained."},
             {"type":"text","text":"inner"},
             {"type":"text","text":"T\n\nhttps://s\n\nfound"}]
            """, sent["messages"]![0]!["content"]);
    }

    [Fact]
    public void Images_InResultsOfTools_AreShownByTheUserOnceAllResultsAreThere()
    {
        var sent = MessagesCase.SentToOpenAi(MessagesCase.Request("""
            {"model":"m","max_tokens":10,"messages":[
              {"role":"user","content":"Screens?"},
              {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"s","input":{}},{"type":"tool_use","id":"t2","name":"s","input":{}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"one"},{"type":"image","source":{"type":"url","url":"https://h/1.png"}}]},
                {"type":"tool_result","tool_use_id":"t2","content":[{"type":"image","source":{"type":"url","url":"https://h/2.png"}}]},
                {"type":"text","text":"Well?"}]}]}
            """));

        Assert.Equal(["user", "assistant", "tool", "tool", "user"], sent["messages"]!.AsArray().Select(static message => (string?)message!["role"]));
        Assert.Equal(["one", ""], sent["messages"]!.AsArray().Skip(2).Take(2).Select(static message => (string?)message!["content"]));
        MessagesCase.AssertJson("""
            [{"type":"image_url","image_url":{"url":"https://h/1.png"} },{"type":"image_url","image_url":{"url":"https://h/2.png"} },{"type":"text","text":"Well?"}]
            """, sent["messages"]![4]!["content"]);
    }

    [Theory]
    [InlineData("""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}}""", ModelCapabilities.Vision)]
    [InlineData("""{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}}]}""", ModelCapabilities.Vision)]
    [InlineData("""{"type":"tool_use","id":"t","name":"f","input":{"a":{"type":"image"}}}""", ModelCapabilities.None)]
    [InlineData("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"}}""", ModelCapabilities.None)]
    public void Image_WhereverItStands_NeedsAModelThatSees(string block, ModelCapabilities expected)
    {
        var request = MessagesCase.Request("""{"model":"m","max_tokens":10,"messages":[{"role":"user","content":[BLOCK]}]}""".Replace("BLOCK", block, StringComparison.Ordinal));

        Assert.Equal(expected | ModelCapabilities.Chat, request.Required);
    }

    [Fact]
    public void Schema_OfTheAnswer_NeedsAModelThatWritesJson() =>
        Assert.True(MessagesCase.Ask("""
            "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}}
            """).Required.HasFlag(ModelCapabilities.Json));

    [Theory]
    [InlineData("""{"messages":[]}""", "invalid_value", "messages")]
    [InlineData("""{"messages":"Hi"}""", "invalid_value", "messages")]
    [InlineData("""{"system":"s","messages":[{"role":"system","content":"s"}]}""", "invalid_value", "messages")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "missing_field", "messages[0].content")]
    [InlineData("""{"messages":[{"content":"Hi"}]}""", "missing_field", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"tool","content":"Hi"}]}""", "invalid_value", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "invalid_value", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":[7]}]}""", "missing_field", "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "missing_field", "messages[0].content[0].text")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://a/b"}}]}]}""", "unsupported_parameter", "messages[0].content[0].source")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]}""", "unsupported_parameter", "messages[0].content[0].source")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"f"}}]}]}""", "unsupported_parameter", "messages[0].content[0].source")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png"}}]}]}""", "missing_field", "messages[0].content[0].source.data")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}""", "missing_field", "messages[0].content[0].tool_use_id")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":1}]}]}]}""", "invalid_value", "messages[0].content[0].content[0].text")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":[1]}]}]}""", "invalid_value", "messages[0].content[0].input")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"","name":"f","input":{}}]}]}""", "missing_field", "messages[0].content[0].id")]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"server_tool_use","id":"t","name":"web_search","input":{}}]}]}""", "unsupported_parameter", "messages[0].content[0]")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"web_search_20250305","name":"web_search","input_schema":{}}]}""", "unsupported_parameter", "tools[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"f"}]}""", "invalid_value", "tools[0].input_schema")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tool_choice":{"type":"maybe"}}""", "invalid_value", "tool_choice")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tool_choice":{"type":"tool"}}""", "missing_field", "tool_choice.name")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"temperature":1.5}""", "invalid_value", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"stop_sequences":[1]}""", "invalid_value", "stop_sequences")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"output_config":{"format":{"type":"xml"}}}""", "invalid_value", "output_config.format")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"output_format":{"type":"json_schema","schema":1}}""", "invalid_value", "output_format.schema")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"mcp_servers":[{"type":"url"}]}""", "unsupported_parameter", "mcp_servers")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "invalid_json", null)]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":"\ud800"}}]}]}""", "invalid_json", null)]
    public void Request_ThatCannotBeTranslated_IsRefusedByField(string body, string code, string? field)
    {
        var refusal = MessagesCase.Refusal(body);

        Assert.Equal((400, code, field), (refusal?.Status, refusal?.Code, refusal?.Param));
    }

    [Fact]
    public void Request_OfManyToolsAndMuchText_IsTranslated()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(static i => $$"""{"name":"t{{i}}","input_schema":{"type":"object"} }"""));
        var text = new string('é', 2_500_000);

        var sent = MessagesCase.SentToOpenAi(MessagesCase.Request(
            $$"""{"model":"m","max_tokens":10,"tools":[{{tools}}],"messages":[{"role":"user","content":"{{text}}"}]}"""));

        Assert.Equal(500, sent["tools"]!.AsArray().Count);
        Assert.Equal(text, (string?)sent["messages"]![0]!["content"]);
    }
}
