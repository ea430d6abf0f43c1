using System.Buffers;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

/// <summary>Holds the table of fields in <c>docs/providers/openai-compatible.md</c> to what the presets do.</summary>
public sealed class PresetQuirkTests
{
    private const string Page = "openai-compatible.md";
    private const string Head = "| Type | Models |";

    public static TheoryData<string, string, string, string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string, string, string, string>();
            foreach (var cells in Documents.Table(Page, Head))
            {
                foreach (var model in ModelsOf(cells[1]))
                {
                    data.Add(cells[0].Trim('`'), model, cells[2].Trim('`'), cells[3].Trim('`'), cells[4] == "renamed" ? cells[5].Trim('`') : cells[4]);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string type, string model, string field, string example, string expected)
    {
        var provider = PresetTests.Provider(type, model);
        var request = provider.Chat($"\"{field}\":{example},\"x_own\":[1, 2]");
        if (expected == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), provider.Refused(request));
            return;
        }

        var sent = provider.Sent(request, out var warnings);

        Assert.Equal(expected == "dropped" ? $"{field}: dropped" : $"{field}: sent as {expected}", warnings);
        Assert.False(sent.ContainsKey(field));
        ProviderCase.AssertJson("[1,2]", sent["x_own"]);
        if (expected != "dropped")
        {
            ProviderCase.AssertJson(example, sent[expected]);
        }
    }

    [Fact]
    public void Table_Documented_HasEveryQuirkThereIs()
    {
        var documented = Documents.Table(Page, Head)
            .Select(static cells => (cells[0].Trim('`'), cells[1], cells[2].Trim('`'), cells[4], cells[5].Trim('`')));

        Assert.Equal(
            OpenAiDialect.Presets.SelectMany(static dialect => dialect.Quirks.Select(quirk => (
                dialect.Type,
                quirk.Models.Count == 0 ? "all" : string.Join(", ", quirk.Models.Select(static model => $"`{model}`")),
                quirk.Field,
                quirk.Verdict.ToString().ToLowerInvariant(),
                quirk.SentAs ?? ""))),
            documented);
    }

    [Theory]
    [InlineData("together", "llama3.1-8b", "\"store\":false,\"parallel_tool_calls\":true,\"metadata\":{}")]
    [InlineData("groq", "llama", "\"logprobs\":false,\"logit_bias\":{},\"n\":1")]
    [InlineData("mistral", "mistral-small", "\"store\":false,\"user\":null,\"modalities\":[\"text\"]")]
    public void Field_ThatAsksForNothing_IsLeftOutWithoutAWord(string type, string model, string members)
    {
        var sent = PresetTests.Provider(type, model).Sent(PresetTests.Provider(type, model).Chat(members), out var warnings);

        Assert.Null(warnings);
        Assert.Equal(["messages", "model"], sent.Select(static member => member.Key).Order());
    }

    [Theory]
    [InlineData("xai", "grok-3", "\"presence_penalty\":1,\"stop\":\"x\"")]
    [InlineData("xai", "grok-4.5", "\"reasoning_effort\":\"low\"")]
    [InlineData("moonshot", "moonshot-v1-8k", "\"temperature\":0.5,\"n\":2")]
    [InlineData("together", "m", "\"logprobs\":2")]
    [InlineData("deepseek", "m", "\"response_format\":{\"type\":\"json_object\"}")]
    [InlineData("perplexity", "m", "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{}}}")]
    [InlineData("alibaba", "m", "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}")]
    [InlineData("ollama", "m", "\"tool_choice\":\"auto\"")]
    [InlineData("openai", "m", "\"max_completion_tokens\":1,\"n\":2,\"logprobs\":true,\"seed\":1")]
    [InlineData("vllm", "m", "\"max_completion_tokens\":1,\"n\":2,\"logprobs\":true,\"min_p\":0.1")]
    public void Field_ThatTheServerTakes_GoesThroughAsItIs(string type, string model, string members)
    {
        var provider = PresetTests.Provider(type, model);
        var request = provider.Chat(members);

        var sent = provider.Sent(request, out var warnings);

        Assert.Null(warnings);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(request.Body.Span), sent), sent.ToJsonString());
    }

    [Fact]
    public void Limit_UnderBothNames_IsSentUnderTheServersOwn()
    {
        var provider = PresetTests.Provider("mistral");

        var sent = provider.Sent(provider.Chat("\"max_tokens\":5,\"max_completion_tokens\":9"), out var warnings);

        Assert.Equal("max_completion_tokens: dropped", warnings);
        Assert.Equal(5, (int)sent["max_tokens"]!);
    }

    [Theory]
    [InlineData("alibaba", """{"include_usage":true,"include_obfuscation":true}""")]
    [InlineData("mistral", null)]
    public void Stream_OfAChangedRequest_StillAsksForUsage(string type, string? expected)
    {
        var provider = PresetTests.Provider(type);

        var sent = provider.Sent(provider.Chat("\"stream\":true,\"stream_options\":{\"include_obfuscation\":true,\"include_usage\":false},\"logit_bias\":{\"1\":2}"));

        Assert.True((bool)sent["stream"]!);
        Assert.Equal(expected is not null, sent.ContainsKey("stream_options"));
        if (expected is not null)
        {
            ProviderCase.AssertJson(expected, sent["stream_options"]);
        }
    }

    [Fact]
    public void Model_OfAChangedRequest_IsTheProviders()
    {
        var provider = PresetTests.Provider("groq");

        var sent = provider.Sent(provider.Chat("\"logit_bias\":{\"1\":2},\"model\":\"alias\""), "llama-3.3-70b");

        Assert.Equal("llama-3.3-70b", (string?)sent["model"]);
    }

    [Theory]
    [InlineData("groq", """{"role":"user","name":"ann","content":"x"}""", """{"role":"user","content":"x"}""", "messages.name: dropped")]
    [InlineData("mistral", """{"role":"assistant","reasoning_content":"r","refusal":null,"content":"x"}""", """{"role":"assistant","content":"x"}""", "messages.reasoning_content: dropped")]
    [InlineData("openai", """{"role":"user","name":"ann","content":"x"}""", """{"role":"user","name":"ann","content":"x"}""", null)]
    public void Message_WithMembersThatTheServerRefuses_LosesThem(string type, string message, string expected, string? warning)
    {
        var provider = PresetTests.Provider(type);

        var sent = provider.Sent(provider.Chat($"\"messages\":[{{\"role\":\"user\",\"content\":[{{\"type\":\"text\",\"text\":\"1\"}}]}},{message}]"), out var warnings);

        Assert.Equal(warning, warnings);
        ProviderCase.AssertJson(expected, sent["messages"]![1]);
        ProviderCase.AssertJson("""{"role":"user","content":[{"type":"text","text":"1"}]}""", sent["messages"]![0]);
    }

    [Fact]
    public void Tool_WithoutParametersForMistral_GetsThoseOfNone()
    {
        var provider = PresetTests.Provider("mistral");

        var sent = provider.Sent(provider.Chat("""
            "tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{"a":{}}}}}]
            """), out var warnings);

        Assert.Null(warnings);
        ProviderCase.AssertJson("""{"name":"f","parameters":{"type":"object","properties":{}}}""", sent["tools"]![0]!["function"]);
        ProviderCase.AssertJson("""{"name":"g","parameters":{"type":"object","properties":{"a":{}}}}""", sent["tools"]![1]!["function"]);
    }

    [Theory]
    [InlineData("deepseek", "system")]
    [InlineData("mistral", "system")]
    [InlineData("groq", "developer")]
    [InlineData("openai", "developer")]
    public void Role_OfADeveloper_IsWhatTheServerCallsIt(string type, string expected)
    {
        var provider = PresetTests.Provider(type);

        var sent = provider.Sent(provider.Chat("""
            "messages":[{"role":"developer","content":"s"},{"role":"user","content":"developer"}]
            """));

        ProviderCase.AssertJson($$"""[{"role":"{{expected}}","content":"s"},{"role":"user","content":"developer"}]""", sent["messages"]);
    }

    [Fact]
    public void CallIds_OfAnotherProvider_BecomeMistralsAndStillMatch()
    {
        var provider = PresetTests.Provider("mistral");

        var sent = provider.Sent(provider.Chat("""
            "messages":[
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"call_QzTvUeWxYz0123456789abcd","type":"function","function":{"name":"f","arguments":"{\"id\":1}"}},{"id":"a1B2c3D4e","type":"function","function":{"name":"g","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"call_QzTvUeWxYz0123456789abcd","content":"1"},
              {"role":"tool","tool_call_id":"a1B2c3D4e","content":"2"}]
            """), out var warnings);

        var messages = sent["messages"]!.AsArray();
        var id = (string?)messages[0]!["tool_calls"]![0]!["id"];
        Assert.Null(warnings);
        Assert.Matches("^[0-9A-Za-z]{9}$", id);
        Assert.Equal(id, (string?)messages[1]!["tool_call_id"]);
        Assert.Equal(("a1B2c3D4e", "a1B2c3D4e"), ((string?)messages[0]!["tool_calls"]![1]!["id"], (string?)messages[2]!["tool_call_id"]));
        ProviderCase.AssertJson("""{"name":"f","arguments":"{\"id\":1}"}""", messages[0]!["tool_calls"]![0]!["function"]);
    }

    [Theory]
    [InlineData("""{"role":"user","name":"a","\ud800":"b","content":"x"}""", "groq")]
    [InlineData("""{"role":"tool","tool_call_id":"\ud800","content":"x"}""", "mistral")]
    public void Message_WithHalfASurrogatePairWhereItIsRead_IsAClear400(string message, string type) => Assert.Equal(
        (400, "invalid_json", null),
        PresetTests.Provider(type).Refused(ProviderCase.Request(
            $$$"""{"model":"m","messages":[{{{message}}}]}""", GatewayApi.Pipeline.InferenceOperation.ChatCompletions)));

    [Fact]
    public void Name_OfAFunctionInTheTools_IsNoName()
    {
        var provider = PresetTests.Provider("groq");
        var request = provider.Chat("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]");

        Assert.False(QuirkedBody.IsNeeded(OpenAiDialect.Presets.Single(static dialect => dialect.Type == "groq"), "m", request.Body.Span));
    }

    [Fact]
    public void Request_OfAnotherDialect_IsHeldToTheQuirksToo()
    {
        var dialect = OpenAiDialect.Presets.Single(static preset => preset.Type == "mistral");
        var provider = PresetTests.Provider("mistral");
        var notes = new GatewayApi.Dialects.TranslationNotes();
        var written = new ArrayBufferWriter<byte>();
        Assert.Null(OpenAiChatRequest.Write(provider.Target(), dialect, provider.Chat("\"seed\":7,\"user\":\"u\",\"max_tokens\":3"), written, notes));
        Assert.True(QuirkedBody.IsNeeded(dialect, "m", written.WrittenSpan));
        var output = new ArrayBufferWriter<byte>();

        Assert.Null(new QuirkedBody(dialect, "m", notes).Write(written.WrittenMemory, output));

        ProviderCase.AssertJson("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":3,"random_seed":7}""", JsonNode.Parse(output.WrittenSpan));
        Assert.Equal("seed: sent as random_seed; user: dropped", notes.ToHeader());
    }

    private static IEnumerable<string> ModelsOf(string cell) =>
        cell == "all" ? ["some-model"] : cell.Split(", ").Select(static model => model.Trim('`').Replace("*", "-x", StringComparison.Ordinal));
}
