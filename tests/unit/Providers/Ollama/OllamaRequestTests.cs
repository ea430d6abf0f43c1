using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Providers.Ollama;

public sealed class OllamaRequestTests
{
    private static readonly ProviderCase Ollama = OllamaCase.Provider;

    [Theory]
    [InlineData("http://127.0.0.1:11434")]
    [InlineData("http://127.0.0.1:11434/v1")]
    [InlineData("http://127.0.0.1:11434/api/")]
    public void Request_Address_IsThatOfTheChat(string baseUrl)
    {
        var target = Ollama.Target(baseUrl: baseUrl);

        Assert.Equal("http://127.0.0.1:11434/api/chat", Ollama.Adapter.CreateRequest(target, Ollama.Chat("")).Message!.RequestUri!.ToString());
        Assert.Equal("http://127.0.0.1:11434/api/tags", Ollama.Adapter.CreateHealthCheck(target).RequestUri!.ToString());
    }

    [Fact]
    public void Request_ForAWholeAnswer_SaysSo() => ProviderCase.AssertJson(
        """{"model":"qwen3:8b","stream":false,"messages":[{"role":"user","content":"Hi"}]}""", Ollama.Sent(Ollama.Chat("")));

    [Fact]
    public void Request_OfAnAnthropicClient_IsTranslatedAsWell()
    {
        var sent = Ollama.Sent(
            ProviderCase.Request("""{"model":"m","max_tokens":5,"system":"s","stop_sequences":["x"],"messages":[{"role":"user","content":"Hi"}]}""", InferenceOperation.Messages),
            out var warnings);

        Assert.Null(warnings);
        ProviderCase.AssertJson(
            """{"model":"qwen3:8b","stream":false,"messages":[{"role":"system","content":"s"},{"role":"user","content":"Hi"}],"options":{"num_predict":5,"stop":["x"]}}""", sent);
    }

    [Fact]
    public void Messages_OfAToolLoop_KeepThoughtsNamesAndIds() => ProviderCase.AssertJson(
        """
        [{"role":"user","content":"Weather?"},
         {"role":"assistant","content":"","thinking":"Hm.","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":[1,{"b":null}]}}},{"id":"c2","function":{"name":"g","arguments":{}}}]},
         {"role":"tool","content":"sun","tool_name":"f","tool_call_id":"c1"},
         {"role":"tool","content":"noon","tool_name":"g","tool_call_id":"c2"},
         {"role":"tool","content":"lost","tool_call_id":"c9"},
         {"role":"assistant","content":"Sunny."}]
        """,
        Ollama.Sent(Ollama.Chat("""
            "messages":[
              {"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":[1,{\"b\":null}]}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":" "}}]},
              {"role":"tool","tool_call_id":"c1","content":"sun"},
              {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"no"},{"type":"text","text":"on"}]},
              {"role":"tool","tool_call_id":"c9","content":"lost"},
              {"role":"assistant","content":"Sunny.","reasoning_content":"Left out."}]
            """))["messages"]);

    [Fact]
    public void Images_OfAMessage_StandBesideItsText() => ProviderCase.AssertJson(
        """[{"role":"user","content":"Which?","images":["AAAA","BBBB"]}]""",
        Ollama.Sent(Ollama.Chat("""
            "messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"Which?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,BBBB"}}]}]
            """))["messages"]);

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://h/i.png"}}]}""", "unsupported_parameter", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,raw"}}]}""", "invalid_value", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}""", "unsupported_parameter", "messages[0].content[0].file")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}""", "unsupported_parameter", "messages[0].content[0].input_audio")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"[]"}}]}""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    public void Message_ThatOllamaCannotTake_IsAClear400(string message, string code, string param) =>
        Assert.Equal((400, code, param), Ollama.Refused(Ollama.Chat($"\"messages\":[{message}]")));

    [Fact]
    public void Options_OfTheClient_GiveWayToOpenAisFields() => ProviderCase.AssertJson(
        """{"num_predict":5,"temperature":0,"seed":3,"stop":["x"],"num_ctx":9,"mirostat":1}""",
        Ollama.Sent(Ollama.Chat("""
            "max_tokens":5,"temperature":0,"seed":3,"stop":"x","options":{"num_ctx":9,"num_predict":7,"temperature":1,"seed":8,"stop":["y"],"mirostat":1}
            """))["options"]);

    [Fact]
    public void Options_ThatAreNoObject_AreAClear400() =>
        Assert.Equal((400, "invalid_value", "options"), Ollama.Refused(Ollama.Chat("\"options\":[1]")));

    [Fact]
    public void ToolChoice_None_LeavesTheToolsOut() => Assert.False(Ollama.Sent(Ollama.Chat("""
        "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none"
        """)).ContainsKey("tools"));

    [Theory]
    [InlineData("\"reasoning_effort\":\"none\"", "false")]
    [InlineData("\"reasoning_effort\":\"medium\"", "\"medium\"")]
    [InlineData("\"reasoning_effort\":\"xhigh\"", "\"high\"")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"},\"reasoning_effort\":\"high\"", "false")]
    [InlineData("\"think\":false,\"reasoning_effort\":\"high\"", "false")]
    public void Think_FollowsTheWish(string members, string expected) =>
        ProviderCase.AssertJson(expected, Ollama.Sent(Ollama.Chat(members))["think"]);

    [Fact]
    public void Request_OfFiveHundredTools_IsSentWhole()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(static i => $$$"""{"type":"function","function":{"name":"f{{{i}}}"}}"""));

        Assert.Equal(500, Ollama.Sent(Ollama.Chat($"\"tools\":[{tools}]"))["tools"]!.AsArray().Count);
    }

    [Fact]
    public void Request_WithHalfASurrogatePair_IsAClear400() => Assert.Equal(
        (400, "invalid_json", null),
        Ollama.Refused(ProviderCase.Request("""{"model":"m","messages":[{"role":"user","content":"\ud800"}]}""", InferenceOperation.ChatCompletions)));

    [Fact]
    public void Embeddings_AreAskedAsAList()
    {
        var upstream = Ollama.Adapter.CreateRequest(Ollama.Target(), Ollama.Embeddings("\"input\":\"a\",\"dimensions\":256,\"keep_alive\":\"1m\",\"user\":\"u\""));

        Assert.Equal("http://127.0.0.1:11434/api/embed", upstream.Message!.RequestUri!.ToString());
        Assert.Equal("user: dropped", upstream.Warnings);
        ProviderCase.AssertJson("""{"model":"qwen3:8b","input":["a"],"dimensions":256,"keep_alive":"1m"}""", ProviderCase.Body(upstream));
    }
}
