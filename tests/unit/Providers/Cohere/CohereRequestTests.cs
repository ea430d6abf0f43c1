using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Providers.Cohere;

public sealed class CohereRequestTests
{
    private static readonly ProviderCase Cohere = CohereCase.Provider;

    [Theory]
    [InlineData("https://api.cohere.com")]
    [InlineData("https://api.cohere.com/v2/")]
    [InlineData("https://api.cohere.com/v1")]
    public void Request_Headers_CarryTheKey(string baseUrl)
    {
        var message = Cohere.Adapter.CreateRequest(Cohere.Target(baseUrl: baseUrl), Cohere.Chat("")).Message!;

        Assert.Equal("https://api.cohere.com/v2/chat", message.RequestUri!.ToString());
        Assert.Equal("Bearer sk-planted", Assert.Single(message.Headers.GetValues("Authorization")));
        Assert.Equal("application/json", message.Content!.Headers.ContentType!.MediaType);
    }

    [Fact]
    public void HealthCheck_AsksForOneModel() => Assert.Equal(
        "https://api.cohere.com/v1/models?page_size=1", Cohere.Adapter.CreateHealthCheck(Cohere.Target()).RequestUri!.ToString());

    [Fact]
    public void ModelList_AsksForAll() => Assert.Equal(
        "https://api.cohere.com/v1/models?page_size=1000", Cohere.Adapter.CreateModelList(Cohere.Target()).RequestUri!.ToString());

    [Fact]
    public void Counting_IsNotOffered() => Assert.False(Cohere.Adapter.Supports(GatewayApi.Pipeline.InferenceOperation.CountTokens));

    [Fact]
    public void Request_OfAnAnthropicClient_IsTranslatedAsWell()
    {
        var sent = Cohere.Sent(
            ProviderCase.Request("""{"model":"m","max_tokens":5,"system":"s","stop_sequences":["x"],"messages":[{"role":"user","content":"Hi"}]}""", GatewayApi.Pipeline.InferenceOperation.Messages),
            out var warnings);

        Assert.Null(warnings);
        ProviderCase.AssertJson(
            """{"model":"command-a-plus-05-2026","stream":false,"messages":[{"role":"system","content":"s"},{"role":"user","content":"Hi"}],"max_tokens":5,"stop_sequences":["x"]}""", sent);
    }

    [Fact]
    public void Messages_OfAToolLoop_KeepPlanThoughtsAndResults() => ProviderCase.AssertJson(
        """
        [{"role":"user","content":"Weather?"},
         {"role":"assistant","tool_plan":"I look.","content":[{"type":"thinking","thinking":"Hm."}],
          "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"c1","content":"sun"},
         {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"no"},{"type":"text","text":"on"}]},
         {"role":"assistant","content":"Sunny at noon."},
         {"role":"user","content":""}]
        """,
        Cohere.Sent(Cohere.Chat("""
            "messages":[
              {"role":"user","content":"Weather?"},
              {"role":"assistant","content":"I look.","reasoning_content":"Hm.","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
              {"role":"tool","tool_call_id":"c1","content":"sun"},
              {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"no"},{"type":"text","text":"on"}]},
              {"role":"assistant","content":"Sunny at noon.","reasoning_content":"Left out."},
              {"role":"user","content":""}]
            """))["messages"]);

    [Theory]
    [InlineData("https://h/i.png")]
    [InlineData("data:image/jpeg;base64,AAAA")]
    public void Images_OfUsers_GoThroughAsTheyAre(string url) => ProviderCase.AssertJson(
        $$$"""[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]""",
        Cohere.Sent(Cohere.Chat($$$"""
            "messages":[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]
            """))["messages"]);

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://h/i.png"}}]}""", "invalid_value", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"tool","tool_call_id":"c","content":[{"type":"image_url","image_url":{"url":"https://h/i.png"}}]}""", "unsupported_parameter", "messages[0].content[0].image_url")]
    [InlineData("""{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}""", "unsupported_parameter", "messages[0].content[0].file")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}""", "unsupported_parameter", "messages[0].content[0].input_audio")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{"}}]}""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""{"role":"narrator","content":"x"}""", "unsupported_parameter", "messages[0].role")]
    public void Message_ThatCohereCannotTake_IsAClear400(string message, string code, string param) =>
        Assert.Equal((400, code, param), Cohere.Refused(Cohere.Chat($"\"messages\":[{message}]")));

    [Fact]
    public void Messages_InOddOrder_GoThroughInIt()
    {
        var sent = Cohere.Sent(Cohere.Chat("""
            "messages":[{"role":"tool","tool_call_id":"c","content":"x"},{"role":"assistant","content":null},{"role":"system","content":"s"},{"role":"assistant","content":"a"}]
            """));

        Assert.Equal(["tool", "assistant", "system", "assistant"], sent["messages"]!.AsArray().Select(static message => (string?)message!["role"]));
        Assert.Equal("", (string?)sent["messages"]![1]!["content"]);
    }

    [Fact]
    public void ToolChoice_ByName_OffersThatToolAlone()
    {
        var sent = Cohere.Sent(Cohere.Chat("""
            "tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],"tool_choice":{"type":"function","function":{"name":"g"}}
            """));

        Assert.Equal("g", (string?)Assert.Single(sent["tools"]!.AsArray())!["function"]!["name"]);
        Assert.Equal("REQUIRED", (string?)sent["tool_choice"]);
    }

    [Fact]
    public void ToolChoice_None_KeepsTheToolsAndForbidsThem()
    {
        var sent = Cohere.Sent(Cohere.Chat("""
            "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none"
            """));

        Assert.Equal("NONE", (string?)sent["tool_choice"]);
        ProviderCase.AssertJson("""{"type":"object","properties":{}}""", sent["tools"]![0]!["function"]!["parameters"]);
    }

    [Fact]
    public void Tools_OfWhichSomeAreStrict_LoseItWithAWarning()
    {
        var sent = Cohere.Sent(Cohere.Chat("""
            "tools":[{"type":"function","function":{"name":"f","strict":true}},{"type":"function","function":{"name":"g"}}]
            """), out var warnings);

        Assert.False(sent.ContainsKey("strict_tools"));
        Assert.Equal("tools.strict: dropped", warnings);
    }

    [Fact]
    public void Values_OutOfCoheresBounds_AreMovedWithAWarning()
    {
        var sent = Cohere.Sent(Cohere.Chat("""
            "top_p":1,"top_k":1000,"frequency_penalty":-2,"presence_penalty":1.5,"seed":-1,"messages":[{"role":"user","name":"ann","content":"x"}]
            """), out var warnings);

        ProviderCase.AssertJson("[0.99,500,0,1]", new JsonArray(
            sent["p"]!.DeepClone(), sent["k"]!.DeepClone(), sent["frequency_penalty"]!.DeepClone(), sent["presence_penalty"]!.DeepClone()));
        Assert.False(sent.ContainsKey("seed"));
        Assert.Equal(
            "messages[0].name: dropped; top_p: sent as 0.99; top_k: sent as 500; frequency_penalty: sent as 0; presence_penalty: sent as 1; seed: dropped",
            warnings);
    }

    [Theory]
    [InlineData("\"reasoning_effort\":\"none\"", """{"type":"disabled"}""")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"},\"reasoning_effort\":\"high\"", """{"type":"disabled"}""")]
    [InlineData("\"reasoning_effort\":\"minimal\"", """{"type":"enabled","token_budget":512}""")]
    [InlineData("\"reasoning_effort\":\"medium\"", """{"type":"enabled","token_budget":8192}""")]
    [InlineData("\"reasoning_effort\":\"xhigh\"", """{"type":"enabled"}""")]
    public void Thinking_FollowsTheWish(string members, string expected) =>
        ProviderCase.AssertJson(expected, Cohere.Sent(Cohere.Chat(members))["thinking"]);

    [Theory]
    [InlineData("\"reasoning_effort\":\"low\"", "reasoning_effort: dropped")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9}", "thinking: dropped")]
    [InlineData("\"reasoning_effort\":\"none\"", null)]
    public void Thinking_OfAModelThatDoesNot_IsDropped(string members, string? expected)
    {
        var sent = Cohere.Sent(Cohere.Chat(members), out var warnings, "command-r7b-12-2024");

        Assert.False(sent.ContainsKey("thinking"));
        Assert.Equal(expected, warnings);
    }

    [Fact]
    public void Request_OfFiveHundredToolsAndMuchText_IsSentWhole()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(static i => $$$"""{"type":"function","function":{"name":"f{{{i}}}"}}"""));
        var text = JsonSerializer.Serialize(string.Concat(Enumerable.Repeat("Zürich 🍓 \"q\" ", 100_000)));

        var sent = Cohere.Sent(Cohere.Chat($$$"""
            "tools":[{{{tools}}}],"messages":[{"role":"user","content":{{{text}}}}]
            """));

        Assert.Equal(500, sent["tools"]!.AsArray().Count);
        ProviderCase.AssertJson(text, sent["messages"]![0]!["content"]);
    }

    [Fact]
    public void Request_WithHalfASurrogatePair_IsAClear400() => Assert.Equal(
        (400, "invalid_json", null),
        Cohere.Refused(ProviderCase.Request("""{"model":"m","messages":[{"role":"user","content":"\ud800"}]}""", GatewayApi.Pipeline.InferenceOperation.ChatCompletions)));

    [Fact]
    public void Ranking_GoesThroughButForTheModelsName()
    {
        var request = ProviderCase.Request("""{"query":"q","model":"alias","documents":["a","b"]}""", GatewayApi.Pipeline.InferenceOperation.Rerank);

        var upstream = Cohere.Adapter.CreateRequest(Cohere.Target("rerank-v4.0"), request);

        Assert.Equal("https://api.cohere.com/v2/rerank", upstream.Message!.RequestUri!.ToString());
        ProviderCase.AssertJson("""{"query":"q","model":"rerank-v4.0","documents":["a","b"]}""", ProviderCase.Body(upstream));
    }

    [Fact]
    public void Route_ThatCohereLacks_IsRefused() => Assert.Equal(
        (400, "capability_not_supported", "model"),
        Cohere.Refused(ProviderCase.Request("""{"model":"m","prompt":"x"}""", GatewayApi.Pipeline.InferenceOperation.Completions)));
}
