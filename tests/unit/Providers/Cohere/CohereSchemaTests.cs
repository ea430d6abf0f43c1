namespace ProxyCluster.Tests.Unit.Providers.Cohere;

/// <summary>What is sent, held to the schema that Cohere publishes (<c>cohere-openapi.yaml</c>, <c>/v2/chat</c> and <c>/v2/embed</c>).</summary>
public sealed class CohereSchemaTests
{
    private static readonly PublishedShape Chat = new("""
        model! string
        messages! list
        messages[] object
        messages[].role! string
        messages[].content string list
        messages[].content[] object
        messages[].content[].type! string
        messages[].content[].text string
        messages[].content[].thinking string
        messages[].content[].image_url object
        messages[].content[].image_url.url! string
        messages[].content[].image_url.detail string
        messages[].tool_plan string
        messages[].tool_call_id string
        messages[].tool_calls list
        messages[].tool_calls[] object
        messages[].tool_calls[].id! string
        messages[].tool_calls[].type! string
        messages[].tool_calls[].function! object
        messages[].tool_calls[].function.name string
        messages[].tool_calls[].function.arguments string
        stream! flag
        tools list
        tools[] object
        tools[].type! string
        tools[].function! object
        tools[].function.name! string
        tools[].function.description string
        tools[].function.parameters! any
        strict_tools flag
        tool_choice string
        documents any
        citation_options any
        response_format object
        response_format.type! string
        response_format.json_schema any
        safety_mode string
        max_tokens number
        stop_sequences list
        stop_sequences[] string
        temperature number
        seed number
        frequency_penalty number
        presence_penalty number
        k number
        p number
        thinking object
        thinking.type! string
        thinking.token_budget number
        priority number
        """);

    private static readonly PublishedShape Embed = new("""
        model! string
        input_type! string
        texts list
        texts[] string
        embedding_types list
        embedding_types[] string
        output_dimension number
        truncate string
        priority number
        """);

    [Fact]
    public void Chat_WithAllThereIs_FitsTheSchema() => Chat.AssertFits(CohereCase.Provider.Sent(CohereCase.Provider.Chat("""
        "messages":[
          {"role":"system","content":"s"},
          {"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},
          {"role":"assistant","content":"I look.","reasoning_content":"Hm.","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c","content":"42"}],
        "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true}}],
        "tool_choice":{"type":"function","function":{"name":"f"}},
        "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},
        "max_tokens":5,"stop":"END","temperature":1,"seed":3,"frequency_penalty":-1,"presence_penalty":2,"top_k":9000,"top_p":1,
        "reasoning_effort":"medium","documents":["d"],"citation_options":{"mode":"OFF"},"safety_mode":"OFF","priority":1
        """)));

    [Fact]
    public void Chat_WithNoMoreThanAMessage_FitsTheSchema() => Chat.AssertFits(CohereCase.Provider.Sent(CohereCase.Provider.Chat("")));

    [Fact]
    public void Embeddings_WithAllThereIs_FitTheSchema() => Embed.AssertFits(CohereCase.Provider.Sent(CohereCase.Provider.Embeddings("""
        "input":["a","b"],"dimensions":256,"encoding_format":"base64","truncate":"END","priority":1
        """)));
}
