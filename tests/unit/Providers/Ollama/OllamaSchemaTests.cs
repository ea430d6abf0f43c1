namespace ProxyCluster.Tests.Unit.Providers.Ollama;

/// <summary>
/// What is sent, held to what Ollama publishes (<c>docs/openapi.yaml</c>; thinking, names and ids of results by
/// <c>api/types.go</c>).
/// </summary>
public sealed class OllamaSchemaTests
{
    private static readonly PublishedShape Chat = new("""
        model! string
        messages! list
        messages[] object
        messages[].role! string
        messages[].content! string
        messages[].thinking string
        messages[].images list
        messages[].images[] string
        messages[].tool_name string
        messages[].tool_call_id string
        messages[].tool_calls list
        messages[].tool_calls[] object
        messages[].tool_calls[].id string
        messages[].tool_calls[].function object
        messages[].tool_calls[].function.name! string
        messages[].tool_calls[].function.arguments object any
        tools list
        tools[] object
        tools[].type! string
        tools[].function! object
        tools[].function.name! string
        tools[].function.description string
        tools[].function.parameters! object any
        format string any
        options object
        options.seed number
        options.temperature number
        options.top_k number
        options.top_p number
        options.stop list
        options.stop[] string
        options.num_ctx number
        options.num_predict number
        options.frequency_penalty number
        options.presence_penalty number
        stream flag
        think flag string
        keep_alive string number
        """);

    private static readonly PublishedShape Embed = new("""
        model! string
        input! list
        input[] string
        truncate flag
        dimensions number
        keep_alive string
        options any
        """);

    [Fact]
    public void Chat_WithAllThereIs_FitsTheSchema() => Chat.AssertFits(OllamaCase.Provider.Sent(OllamaCase.Provider.Chat("""
        "messages":[
          {"role":"system","content":"s"},
          {"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
          {"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c","content":"42"}],
        "tools":[{"type":"function","function":{"name":"f"}}],
        "response_format":{"type":"json_object"},
        "max_tokens":5,"stop":"END","temperature":1,"seed":3,"frequency_penalty":-1,"presence_penalty":2,"top_k":9,"top_p":1,
        "reasoning_effort":"medium","options":{"num_ctx":9},"keep_alive":"5m"
        """)));

    [Fact]
    public void Chat_WithNoMoreThanAMessage_FitsTheSchema() => Chat.AssertFits(OllamaCase.Provider.Sent(OllamaCase.Provider.Chat("")));

    [Fact]
    public void Embeddings_WithAllThereIs_FitTheSchema() => Embed.AssertFits(OllamaCase.Provider.Sent(OllamaCase.Provider.Embeddings("""
        "input":["a","b"],"dimensions":256,"encoding_format":"base64","truncate":true,"keep_alive":"5m","options":{"num_ctx":9}
        """)));
}
