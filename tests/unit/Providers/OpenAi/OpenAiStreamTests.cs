using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

public sealed class OpenAiStreamTests
{
    private const string Role = """{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""";
    private const string Text = """{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi \u00e9"},"finish_reason":null}]}""";
    private const string Finish = """{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Usage = """{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}""";
    private const string UsageAlone = """{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":""" + Usage + "}";

    [Fact]
    public void Translate_OfTheSameDialect_CopiesEachEventByteForByte()
    {
        var (output, signals) = Run(includeUsage: false, Role, Text, Finish);

        Assert.Equal($"data: {Role}\n\ndata: {Text}\n\ndata: {Finish}\n\n", output);
        Assert.Equal([StreamSignal.None, StreamSignal.Content, StreamSignal.Content], signals);
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant"}}]}""", StreamSignal.None)]
    [InlineData("""{"choices":[],"prompt_filter_results":[{}]}""", StreamSignal.None)]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[]}}]}""", StreamSignal.None)]
    [InlineData("""{"choices":[{"index":0,"delta":{"refusal":"No"}}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"reasoning":"Hm"}}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a"}]}}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"function_call":{"name":"f"}}}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"delta":{"audio":{"id":"a"}}}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"text":"Hi","finish_reason":null}]}""", StreamSignal.Content)]
    [InlineData("""{"choices":[{"index":0,"text":"","finish_reason":null}]}""", StreamSignal.None)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""", StreamSignal.Content)]
    [InlineData("""{"error":{"message":"no"}}""", StreamSignal.Failed)]
    [InlineData("""{"object":"error","message":"no"}""", StreamSignal.Failed)]
    [InlineData("""{"error":null,"choices":[]}""", StreamSignal.None)]
    [InlineData("""{"choices":[""", StreamSignal.Malformed)]
    [InlineData("[1]", StreamSignal.Malformed)]
    [InlineData("[DONE]", StreamSignal.Failed)]
    internal void Translate_OfOneEvent_TellsWhatItMeans(string data, StreamSignal expected)
    {
        Assert.Equal(expected, Assert.Single(Run(includeUsage: false, data).Signals));
    }

    [Theory]
    [InlineData("""{"id":"c1","choices":[{"index":0,"delta":{"content":"a"}}],"usage":null}""", """{"id":"c1","choices":[{"index":0,"delta":{"content":"a"}}]}""")]
    [InlineData("""{"usage":null,"choices":[{"index":0,"delta":{"content":"a"}}]}""", """{"choices":[{"index":0,"delta":{"content":"a"}}]}""")]
    [InlineData("""{"id":"c1" , "usage" : {"prompt_tokens":1} , "choices":[{"index":0,"delta":{"content":"a"}}]}""", """{"id":"c1" , "choices":[{"index":0,"delta":{"content":"a"}}]}""")]
    public void Usage_NobodyAskedFor_IsLeftOut(string data, string expected)
    {
        Assert.Equal($"data: {expected}\n\n", Run(includeUsage: false, data).Output);
    }

    [Fact]
    public void UsageEvent_NobodyAskedFor_IsHiddenButRead()
    {
        var stream = Create(includeUsage: false);
        var output = new ArrayBufferWriter<byte>();
        stream.Translate(default, Encoding.UTF8.GetBytes(UsageAlone), output);

        Assert.Equal(0, output.WrittenCount);
        Assert.Equal(new TokenUsage(3, 4, 0, 3, 2), stream.Usage);
    }

    [Fact]
    public void UsageEvent_AskedFor_IsCopied()
    {
        Assert.EndsWith($"data: {UsageAlone}\n\n", Run(includeUsage: true, Text, Finish, UsageAlone, "[DONE]").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"c1","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":@}""")]
    [InlineData("""{"id":"c1","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":@}}""")]
    public void Usage_ToldWithTheFinish_ComesInAnEventOfItsOwnToWhoAskedForIt(string finish)
    {
        var events = Events(Run(includeUsage: true, Text, finish.Replace("@", Usage, StringComparison.Ordinal), "[DONE]").Output);

        Assert.All(events.SkipLast(1), data => Assert.Null(JsonNode.Parse(data)!["usage"]));
        var last = JsonNode.Parse(events[^1])!;
        Assert.Empty(last["choices"]!.AsArray());
        Assert.Equal(Usage, last["usage"]!.ToJsonString());
        Assert.Equal(("c1", "m", "chat.completion.chunk"), ((string?)last["id"], (string?)last["model"], (string?)last["object"]));
    }

    [Fact]
    public void Calls_WithoutTheirIndex_GetOne()
    {
        const string Calls = """{"choices":[{"index":0,"delta":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""";

        var (output, signals) = Run(includeUsage: false, Calls);

        var calls = JsonNode.Parse(Events(output)[0])!["choices"]![0]!["delta"]!["tool_calls"]!.AsArray();
        Assert.Equal([0, 1], calls.Select(c => (int)c!["index"]!));
        Assert.Equal(["a", "b"], calls.Select(c => (string?)c!["id"]));
        Assert.Equal([StreamSignal.Content], signals);
    }

    [Fact]
    public void Content_AsParts_BecomesTextAndReasoning()
    {
        const string Parts = """{"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},{"type":"text","text":"Hi"}]}}]}""";

        var delta = JsonNode.Parse(Events(Run(includeUsage: false, Parts).Output)[0])!["choices"]![0]!["delta"]!;

        Assert.Equal(("Hi", "Hm"), ((string?)delta["content"], (string?)delta["reasoning_content"]));
    }

    [Fact]
    public void Event_OfSeveralLines_GoesOutOnOne()
    {
        Assert.Equal("data: {\"choices\": [{\"delta\":{\"content\":\"a\"}}]}\n\n", Run(includeUsage: false, "{\"choices\":\n[{\"delta\":{\"content\":\"a\"}}]}").Output);
    }

    [Theory]
    [InlineData(1, new[] { Text, Finish }, true)]
    [InlineData(1, new[] { Text }, false)]
    [InlineData(2, new[] { Text, Finish }, false)]
    [InlineData(1, new string[0], false)]
    public void Complete_WithoutDone_IsAnEndOnlyAfterEveryFinish(int choices, string[] events, bool expected)
    {
        var stream = new OpenAiStream(Request(includeUsage: false, choices));
        var output = new ArrayBufferWriter<byte>();
        foreach (var data in events)
        {
            stream.Translate(default, Encoding.UTF8.GetBytes(data), output);
        }

        Assert.Equal(expected, stream.Complete(output));
    }

    [Fact]
    public void Stream_Folded_SaysWhatWentIn()
    {
        Gen.String.Array[0, 8].Sample(pieces =>
        {
            var sound = pieces.Where(p => !p.Any(char.IsSurrogate)).ToArray();
            var sent = sound.Select(piece => new JsonObject
            {
                ["id"] = "c",
                ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["content"] = piece } }),
                ["usage"] = null,
            }.ToJsonString());
            var output = Run(includeUsage: false, [.. sent, Finish]).Output;
            var folded = string.Concat(Events(output).Select(data => (string?)JsonNode.Parse(data)!["choices"]![0]!["delta"]!["content"]));
            Assert.Equal(string.Concat(sound), folded);
        });
    }

    private static List<string> Events(string output) =>
        [.. output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e["data: ".Length..])];

    private static (string Output, List<StreamSignal> Signals) Run(bool includeUsage, params string[] events)
    {
        var stream = Create(includeUsage);
        var output = new ArrayBufferWriter<byte>();
        var signals = events.Select(data => stream.Translate(default, Encoding.UTF8.GetBytes(data), output)).ToList();
        return (Encoding.UTF8.GetString(output.WrittenSpan), signals);
    }

    private static OpenAiStream Create(bool includeUsage) => new(Request(includeUsage, 1));

    private static InferenceRequest Request(bool includeUsage, int choices) => new()
    {
        Operation = InferenceOperation.ChatCompletions,
        Body = default,
        Model = "m",
        ModelToken = default,
        Stream = true,
        IncludeUsage = includeUsage,
        Choices = choices,
    };
}
