using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;
using ProxyCluster.Tests.Schemas;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>
/// Requests of every dialect with all there is, for every provider: <see cref="SentRequest"/> holds what is written to the
/// provider's schema. What a provider refuses is left out, as a client would.
/// </summary>
public sealed class PublishedSchemaTests
{
    private const string Image = "data:image/png;base64,AAAA";

    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000));

    private static readonly Dictionary<string, ProviderCase> Providers = new ProviderCase[]
    {
        new(new AnthropicAdapter(Clock), "claude-opus-4-6"),
        new(new GoogleAiAdapter(Clock), "gemini-3-flash-preview"),
        new(new VertexAdapter(Clock), "gemini-2.5-pro"),
        new(new BedrockAdapter(Clock), "us.anthropic.claude-opus-4-6-v1"),
        new(new CohereAdapter(Clock), "command-a-03-2025"),
        new(new OllamaAdapter(Clock), "qwen3"),
        new(new ResponsesAdapter(Clock), "gpt-5"),
    }
    .Concat(OpenAiDialect.Presets.Select(static preset => new ProviderCase(new OpenAiAdapter(preset, Clock), "gpt-5")))
    .ToDictionary(static provider => provider.Adapter.Type, StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Chats = new(StringComparer.Ordinal)
    {
        ["sampling"] =
            """
            "max_completion_tokens":4096,"temperature":0.5,"top_p":0.9,"stop":["END"],"seed":7,"frequency_penalty":0.5,"presence_penalty":0.5,
            "logit_bias":{"1":2},"user":"u","safety_identifier":"s","metadata":{"a":"b"},"store":true,"service_tier":"auto","verbosity":"low","prompt_cache_key":"k",
            "prompt_cache_retention":"24h","prediction":{"type":"content","content":"x"},"logprobs":true,"top_logprobs":2,"n":2,"reasoning_effort":"low",
            "stream":true,"stream_options":{"include_usage":true}
            """,
        ["tools"] =
            $$$$"""
            "messages":[
              {"role":"system","content":"s"},
              {"role":"user","name":"ann","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"{{{{Image}}}}","detail":"low"}}]},
              {"role":"assistant","content":"I look.","reasoning_content":"Hm.","tool_calls":[
                {"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"extra_content":{"google":{"thought_signature":"c2ln"}}},
                {"id":"d","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c","content":"42"},{"role":"tool","tool_call_id":"d","content":"43"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"integer"}}},"strict":true}}],
            "tool_choice":"auto","parallel_tool_calls":false
            """,
        ["forced tool"] = """ "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}} """,
        ["any tool"] = """ "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required" """,
        ["no tool"] = """ "tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none" """,
        ["schema"] = """ "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"},"strict":true}} """,
        ["json"] = """ "response_format":{"type":"json_object"} """,
    };

    private const string Messages =
        """
        {"model":"m","max_tokens":4096,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"temperature":0.5,"top_k":4,"top_p":0.9,"stop_sequences":["END"],
         "metadata":{"user_id":"u"},"service_tier":"auto","thinking":{"type":"enabled","budget_tokens":2048},"output_config":{"effort":"high"},"stream":true,
         "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},
         "messages":[
          {"role":"user","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
          {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"redacted_thinking","data":"c2VjcmV0"},{"type":"text","text":"I look."},{"type":"tool_use","id":"c","name":"f","input":{"a":1}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","is_error":true,"content":[{"type":"text","text":"no"}]},{"type":"text","text":"go on"}]}]}
        """;

    private const string Responses =
        $$$$"""
        {"model":"m","instructions":"s","max_output_tokens":4096,"temperature":0.5,"top_p":0.9,"user":"u","metadata":{"a":"b"},"parallel_tool_calls":false,"store":false,"service_tier":"auto",
         "reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},"prompt_cache_key":"k",
         "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true}],"tool_choice":"auto",
         "input":[
          {"type":"message","role":"user","content":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"{{{{Image}}}}","detail":"low"}]},
          {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"gAAAsealed"},
          {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
          {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
          {"type":"function_call_output","call_id":"c","output":"42"}]}
        """;

    public static TheoryData<string, string> ChatRows => [.. Providers.Keys.SelectMany(static type => Chats.Keys.Select(chat => (type, chat)))];

    public static TheoryData<string> Types => [.. Providers.Keys];

    [Theory]
    [MemberData(nameof(ChatRows))]
    public void Chat_WithAllThereIs_FitsTheProvidersSchema(string type, string chat) =>
        AssertFits(type, JsonNode.Parse("{" + Chats[chat] + "}")!.AsObject(), InferenceOperation.ChatCompletions);

    [Theory]
    [MemberData(nameof(Types))]
    public void Chat_WithFiveHundredTools_SendsThemAll(string type)
    {
        var provider = Providers[type];
        Assert.SkipUnless(provider.Adapter.Capabilities.HasFlag(ModelCapabilities.Tools), "It has no tools.");
        var tools = new JsonArray([.. Enumerable.Range(0, 500).Select(static i => JsonNode.Parse($$"""{"type":"function","function":{"name":"f{{i}}","parameters":{"type":"object"} } }"""))]);

        var upstream = provider.Adapter.CreateRequest(provider.Target(), provider.Chat($"\"tools\":{tools.ToJsonString()}"));

        Assert.Null(upstream.Refusal);
        var sent = SentRequest.Body(upstream, type).ToJsonString();
        Assert.All(Enumerable.Range(0, 500), i => Assert.Contains($"\"f{i}\"", sent, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Messages_WithAllThereIs_FitTheProvidersSchema(string type) =>
        AssertFits(type, JsonNode.Parse(Messages)!.AsObject(), InferenceOperation.Messages);

    [Theory]
    [MemberData(nameof(Types))]
    public void Responses_WithAllThereIs_FitTheProvidersSchema(string type) =>
        AssertFits(type, JsonNode.Parse(Responses)!.AsObject(), InferenceOperation.Responses);

    [Theory]
    [MemberData(nameof(Types))]
    public void Embeddings_WithAllThereIs_FitTheProvidersSchema(string type)
    {
        Assert.SkipUnless(Providers[type].Adapter.Supports(InferenceOperation.Embeddings), "It has no embeddings.");
        var model = type == "bedrock" ? "cohere.embed-v4:0" : "embed";

        AssertFits(type, JsonNode.Parse("""{"input":["a","b"],"dimensions":256,"encoding_format":"base64","user":"u"}""")!.AsObject(), InferenceOperation.Embeddings, model);
    }

    [Theory]
    [InlineData("anthropic", "https://h/v1/messages", """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("openai", "https://h/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("openai-responses", "https://h/v1/responses", """{"model":"m","input":[{"type":"message","role":"user","content":"x"}]}""")]
    [InlineData("groq", "https://api.groq.com/openai/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("mistral", "https://api.mistral.ai/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("cohere", "https://h/v2/chat", """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("ollama-native", "https://h/api/chat", """{"model":"m","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("bedrock", "https://h/model/m/converse", """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""")]
    [InlineData("gemini", "https://h/v1beta/models/m:generateContent", """{"contents":[{"role":"user","parts":[{"text":"x"}]}]}""")]
    [InlineData("vertex", "https://h/v1/publishers/google/models/m:generateContent", """{"contents":[{"role":"user","parts":[{"text":"x"}]}]}""")]
    public void Schema_OfARightRequestWithOneWrongMember_SaysWhichOne(string type, string address, string request)
    {
        var uri = new Uri(address);
        var right = JsonNode.Parse(request)!.AsObject();
        var list = right.First(static member => member.Value is JsonArray).Key;
        Assert.Empty(SentRequest.Faults(uri, right));
        Assert.True(type == "openai-responses" || PublishedSchemas.IsPublished(type), type);

        var atTop = right.DeepClone().AsObject();
        atTop["planted"] = 1;
        var within = right.DeepClone().AsObject();
        within[list]![0]!["planted"] = 1;
        var lacking = right.DeepClone().AsObject();
        lacking.Remove(type is "ollama-native" ? "model" : list);
        var ofAnotherType = right.DeepClone().AsObject();
        ofAnotherType[list] = 7;

        Assert.Contains(SentRequest.Faults(uri, atTop), static fault => fault.StartsWith("/planted:", StringComparison.Ordinal));
        Assert.Contains(SentRequest.Faults(uri, within), fault => fault.StartsWith($"/{list}/0/planted:", StringComparison.Ordinal));
        Assert.Contains(SentRequest.Faults(uri, ofAnotherType), fault => fault.StartsWith($"/{list}:", StringComparison.Ordinal));

        // Responses and Converse need nothing that stands in the body.
        Assert.True(type is "openai-responses" or "bedrock" || SentRequest.Faults(uri, lacking).Count > 0, type);
    }

    [Theory]
    [InlineData("https://h/v1/messages", """{"model":"m","max_tokens":1,"messages":[{"role":"robot","content":"x"}]}""", "/messages/0/role")]
    [InlineData("https://h/v1/messages", """{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"x"}]}]}""", "/messages/0/content/0")]
    [InlineData("https://h/model/m/converse", """{"messages":[{"role":"user"}]}""", "/messages/0")]
    [InlineData("https://h/model/m/converse", """{"messages":[{"role":"user","content":[{"text":"x","cachePoint":{"type":"default"}}]}]}""", "/messages/0/content/0/")]
    [InlineData("https://h/v1beta/models/m:generateContent", """{"contents":[{"parts":[{"text":"x","inlineData":{}}]}]}""", "/contents/0/parts/0/")]
    [InlineData("https://h/v1beta/models/m:generateContent", """{"contents":[],"toolConfig":{"functionCallingConfig":{"mode":"SOME"}}}""", "/toolConfig/functionCallingConfig/mode")]
    [InlineData("https://h/v1/chat/completions", """{"model":"m","messages":[{"role":"tool","content":"x"}]}""", "/messages/0")]
    [InlineData("https://h/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":"x"}]}]}""", "/messages/0/content/0")]
    public void Schema_OfAnEnumAUnionOrAMissingMember_SaysWhere(string address, string request, string place) =>
        Assert.Contains(SentRequest.Faults(new Uri(address), JsonNode.Parse(request)!.AsObject()), fault => fault.StartsWith(place, StringComparison.Ordinal));

    private static void AssertFits(string type, JsonObject body, InferenceOperation operation, string? model = null)
    {
        var provider = Providers[type];
        Assert.SkipWhen(body.ContainsKey("tools") && !provider.Adapter.Capabilities.HasFlag(ModelCapabilities.Tools), "It has no tools.");
        while (true)
        {
            var request = provider.Chat(body.ToJsonString()[1..^1], operation);
            var upstream = provider.Adapter.CreateRequest(provider.Target(model), request);
            if (upstream.Refusal is { } refusal)
            {
                Assert.Equal(400, refusal.Status);
                var field = refusal.Param?.Split('.', '[')[0] ?? "";
                Assert.True(body.Remove(OfDialect(field, operation)), $"{refusal.Param}: {refusal.Message}");
                continue;
            }

            SentRequest.Body(upstream, type);
            return;
        }
    }

    // A refusal names the field as Chat Completions does.
    private static string OfDialect(string field, InferenceOperation operation) => (field, operation) switch
    {
        ("stop", InferenceOperation.Messages) => "stop_sequences",
        ("response_format", InferenceOperation.Responses) => "text",
        _ => field,
    };
}
