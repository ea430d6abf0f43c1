using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Hooks;

public sealed class StreamFilterTests
{
    private const string Pattern = "sk-[a-z0-9]{4}";
    private const string Secret = "sk-zq12";

    public static TheoryData<string> Dialects => [nameof(InferenceOperation.ChatCompletions), nameof(InferenceOperation.Messages), nameof(InferenceOperation.Responses)];

    [Theory, MemberData(nameof(Dialects))]
    public void Texts_OfEveryKind_LeaveAStreamAsTheyLeaveAWholeAnswer(string dialect) => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[0, 6]).Sample(
        (textCut, argumentCut, lead) =>
        {
            var operation = Enum.Parse<InferenceOperation>(dialect);
            var said = new Said(new string('x', lead) + Secret + " ja", "hm " + Secret, $$"""{"key":"{{Secret}}","n":12,"sk-zq12":"é\n"}""");
            var hooks = HookCase.Of(BodyOf(operation), operation, HookCase.Redact(Pattern, "[\"key\"]", Secret.Length));

            var (code, stream) = hooks.FilterAsync(Events(hooks, said, textCut, argumentCut)).GetAwaiter().GetResult();

            Assert.Null(code);
            Assert.DoesNotContain("zq12", stream, StringComparison.Ordinal);
            var folded = Fold(operation, stream);
            Assert.Equal((new string('x', lead) + "[\"key\"] ja", "hm [\"key\"]"), (folded.Text, folded.Thought));
            Assert.Equal("""{"[\"key\"]":"é\n","key":"[\"key\"]","n":12}""", Sorted(folded.Arguments));
            AssertNumbered(operation, stream);
        },
        iter: 60,
        threads: 1);

    [Theory, MemberData(nameof(Dialects))]
    public void Stream_ThatNothingIsFoundIn_TellsTheSame(string dialect) => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9]).Sample(
        (textCut, argumentCut) =>
        {
            var operation = Enum.Parse<InferenceOperation>(dialect);
            var said = new Said("A text of some length \u00e9😀, harmless.", "hm", """{"key":"value","n":[1,2.50,null]}""");
            var hooks = HookCase.Of(BodyOf(operation), operation, HookCase.Redact(Pattern, "x", Secret.Length));
            var events = Events(hooks, said, textCut, argumentCut).ToList();

            var (code, stream) = hooks.FilterAsync(events).GetAwaiter().GetResult();

            Assert.Null(code);
            Assert.Equal(Fold(operation, string.Concat(events)), Fold(operation, stream));
        },
        iter: 40,
        threads: 1);

    [Theory, MemberData(nameof(Dialects))]
    public void Stream_ThatIsDenied_TellsNothingOfIt(string dialect) => Gen.Int[1, 12].Sample(
        cut =>
        {
            var operation = Enum.Parse<InferenceOperation>(dialect);
            var hooks = HookCase.Of(BodyOf(operation), operation, HookCase.Deny(Pattern, Secret.Length));

            var (code, stream) = hooks.FilterAsync(Events(hooks, new Said("before " + Secret + " after", "", ""), cut, 5)).GetAwaiter().GetResult();

            Assert.Equal("content_filter", code);
            var told = Fold(operation, stream).Text;
            Assert.True("before ".StartsWith(told, StringComparison.Ordinal), $"'{told}'");
        },
        iter: 40,
        threads: 1);

    [Theory, MemberData(nameof(Dialects))]
    public async Task Stream_HoldsBackNoMoreThanTheWindow(string dialect)
    {
        var operation = Enum.Parse<InferenceOperation>(dialect);
        const int Window = 20;
        var hooks = HookCase.Of(BodyOf(operation), operation, new Watcher(Window));
        var events = Events(hooks, new Said(string.Concat(Enumerable.Range(0, 400).Select(i => $"{i:d5}")), "", ""), 5, 5).ToList();
        var filter = hooks.Hooks.CreateFilter()!;
        var output = new PooledBuffer();
        var came = 0;
        foreach (var one in events)
        {
            var before = output.Count;
            output.Append(Encoding.UTF8.GetBytes(one));
            came = Fold(operation, string.Concat(events[..(events.IndexOf(one) + 1)])).Text.Length;
            Assert.Null(await filter.FilterAsync(output, before, isEnd: false));

            var told = Fold(operation, Encoding.UTF8.GetString(output.WrittenSpan)).Text.Length;
            Assert.InRange(came - told, 0, Window);
        }

        Assert.Equal(2000, came);
    }

    [Fact]
    public async Task Chunk_ThatNothingIsHeldBackOf_StaysAsItIs()
    {
        const string Chunk = "data: {\"id\":\"c\", \"future\":{\"a\":1.0},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi \\u00e9\",\"new\":[1]},\"finish_reason\":null}],\"usage\":null}\n\n";
        var hooks = HookCase.Chat(new Watcher(0));

        Assert.Equal((null, Chunk), await hooks.FilterAsync(Chunk));
    }

    [Fact]
    public async Task Choices_AreJudgedEachOnItsOwn()
    {
        var hooks = HookCase.Chat(HookCase.Redact(Pattern, "[key]", Secret.Length));

        var (_, stream) = await hooks.FilterAsync(
            Delta(0, """ "content":"a sk-" """), Delta(1, """ "content":"b sk-" """), Delta(0, """ "content":"zq12" """), Delta(1, """ "content":"cd34." """), Finish(0), Finish(1));

        Assert.Equal("a [key]", TextOf(stream, 0));
        Assert.Equal("b [key].", TextOf(stream, 1));
    }

    [Fact]
    public async Task DeltaOfMessages_ThatNobodyKnowsYet_CarriesNothingPast()
    {
        var hooks = HookCase.Of(
            """{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""",
            InferenceOperation.Messages,
            HookCase.Redact(Pattern, "[key]", Secret.Length));

        var (code, stream) = await hooks.FilterAsync(
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"compaction\",\"content\":\"\"}}\n\n",
            Compaction("before sk-"),
            Compaction("zq12 after"),
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n");

        var deltas = DataOf(stream).Select(static data => JsonNode.Parse(data)!).Where(static data => (string?)data["type"] == "content_block_delta").ToList();
        Assert.Null(code);
        Assert.Equal("before [key] after", string.Concat(deltas.Select(static data => (string?)data["delta"]!["content"])));
        Assert.All(deltas, static data => Assert.Equal((0, "compaction_delta"), ((int)data["index"]!, (string?)data["delta"]!["type"])));

        static string Compaction(string text) =>
            $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"compaction_delta\",\"content\":\"{text}\"}}}}\n\n";
    }

    [Theory]
    [InlineData(""" "reasoning":"VALUE" """)]
    [InlineData(""" "reasoning_content":"VALUE" """)]
    [InlineData(""" "refusal":"VALUE" """)]
    [InlineData(""" "not_known_yet":{"deep":"VALUE"} """)]
    [InlineData(""" "reasoning_details":[{"index":0,"type":"reasoning.text","text":"VALUE"}] """)]
    [InlineData(""" "audio":{"id":"a","transcript":"VALUE"} """)]
    [InlineData(""" "function_call":{"arguments":"{\"a\":\"VALUE\"}"} """)]
    [InlineData(""" "tool_calls":[{"index":1,"type":"custom","custom":{"input":"VALUE"}}] """)]
    public async Task Member_OfADelta_CarriesNothingPast(string delta)
    {
        var hooks = HookCase.Chat(HookCase.Redact(Pattern, "[key]", Secret.Length));

        var (code, stream) = await hooks.FilterAsync(
            Delta(0, delta.Replace("VALUE\\\"}", "sk-", StringComparison.Ordinal).Replace("VALUE", "sk-", StringComparison.Ordinal)),
            Delta(0, delta.Replace("{\\\"a\\\":\\\"VALUE", "zq12", StringComparison.Ordinal).Replace("VALUE", "zq12", StringComparison.Ordinal)),
            Finish(0));

        Assert.Null(code);
        Assert.DoesNotContain("zq12", stream, StringComparison.Ordinal);
        Assert.Contains("[key]", stream, StringComparison.Ordinal);
        Assert.All(DataOf(stream), data => JsonNode.Parse(data));
    }

    [Fact]
    public async Task Tokens_OfWhatIsJudged_AreLeftOutWithAWarning()
    {
        var hooks = HookCase.Chat(HookCase.Redact(Pattern, "[key]", Secret.Length));

        var (_, stream) = await hooks.FilterAsync(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"sk-\"},\"logprobs\":{\"content\":[{\"token\":\"sk-\"}]}}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"zq12\"},\"logprobs\":{\"content\":[{\"token\":\"zq12\"}]},\"finish_reason\":\"stop\"}]}\n\n");

        Assert.DoesNotContain("zq12", stream, StringComparison.Ordinal);
        Assert.Equal("[key]", TextOf(stream, 0));
        Assert.Equal("logprobs: dropped", hooks.Exchange.Warnings);
    }

    [Fact]
    public async Task Completions_OfTheOlderKind_AreJudgedToo()
    {
        var hooks = HookCase.Of("""{"model":"m","prompt":"x","stream":true}""", InferenceOperation.Completions, HookCase.Redact(Pattern, "[key]", Secret.Length));

        var (_, stream) = await hooks.FilterAsync(
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"a sk-a\",\"logprobs\":null,\"finish_reason\":null}]}\n\n",
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"text\":\"b12\",\"logprobs\":null,\"finish_reason\":null}]}\n\n");

        Assert.Equal("a [key]", string.Concat(DataOf(stream).Select(data => (string?)JsonNode.Parse(data)!["choices"]![0]!["text"])));
    }

    [Fact]
    public async Task Emoji_CutInTwo_IsWholeAgain()
    {
        var hooks = HookCase.Chat(new Watcher(3));

        var (_, stream) = await hooks.FilterAsync(Delta(0, """ "content":"a\ud83d" """), Delta(0, """ "content":"\ude00b" """), Finish(0));

        Assert.Equal("a😀b", string.Concat(DataOf(stream).Select(data => TextOf(JsonNode.Parse(data)!["choices"]![0]!["delta"]?["content"]))));
    }

    private static string Delta(int choice, string delta) => $"data: {{\"id\":\"c\",\"choices\":[{{\"index\":{choice},\"delta\":{{{delta}}},\"finish_reason\":null}}]}}\n\n";

    private static string Finish(int choice) => $"data: {{\"id\":\"c\",\"choices\":[{{\"index\":{choice},\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\n";

    private static string TextOf(string stream, int choice) => string.Concat(DataOf(stream)
        .SelectMany(data => JsonNode.Parse(data)!["choices"]!.AsArray())
        .Where(one => (int)one!["index"]! == choice)
        .Select(one => (string?)one!["delta"]?["content"]));

    // Half a surrogate pair is no text to others.
    private static string TextOf(JsonNode? text) => text is null ? "" : JsonStrings.Decode(JsonMarshal.GetRawUtf8Value(text.GetValue<JsonElement>()));

    private static string BodyOf(InferenceOperation operation) => operation switch
    {
        InferenceOperation.Messages => """{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""",
        InferenceOperation.Responses => """{"model":"m","stream":true,"input":"Hi"}""",
        _ => """{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}""",
    };

    // What the gateway itself would write for the client.
    private static IEnumerable<string> Events(HookCase hooks, Said said, int textCut, int argumentCut)
    {
        var output = new PooledBuffer();
        var request = hooks.Exchange.Request!;
        var stream = ClientDialects.Of(request.Operation).CreateStream(request, DateTimeOffset.UnixEpoch);
        stream.Output = output;
        stream.Begin(default, default);
        yield return Taken();
        foreach (var piece in Cut(said.Thought, textCut))
        {
            stream.Reasoning(JsonStrings.Quote(piece));
            yield return Taken();
        }

        foreach (var piece in Cut(said.Text, textCut))
        {
            stream.Text(JsonStrings.Quote(piece));
            yield return Taken();
        }

        if (said.Arguments.Length > 0)
        {
            stream.BeginCall("\"c1\""u8, "\"f\""u8);
            foreach (var piece in Cut(said.Arguments, argumentCut))
            {
                stream.Arguments(0, JsonStrings.Quote(piece));
                yield return Taken();
            }
        }

        stream.Finish(FinishReason.Stop);
        stream.End(new TokenUsage(1, 0, 0, 2, 0));
        yield return Taken();

        string Taken()
        {
            var text = Encoding.UTF8.GetString(output.WrittenSpan);
            output.Clear();
            return text;
        }
    }

    private static IEnumerable<string> Cut(string text, int length) => text.Chunk(length).Select(static piece => new string(piece));

    // What a client makes of a stream; where the dialect tells a text twice, both must agree.
    private static Said Fold(InferenceOperation operation, string stream)
    {
        var text = new StringBuilder();
        var thought = new StringBuilder();
        var arguments = new StringBuilder();
        JsonNode? whole = null;
        foreach (var data in DataOf(stream).Select(static data => JsonNode.Parse(data)!))
        {
            whole = data["response"]?["output"] is JsonArray { Count: > 0 } output ? output : whole;
            var delta = operation == InferenceOperation.ChatCompletions ? data["choices"]?.AsArray().FirstOrDefault()?["delta"] : data["delta"];
            switch ((string?)data["type"])
            {
                case "response.output_text.delta":
                    text.Append(TextOf(delta));
                    break;
                case "response.reasoning_summary_text.delta":
                    thought.Append(TextOf(delta));
                    break;
                case "response.function_call_arguments.delta":
                    arguments.Append(TextOf(delta));
                    break;
                case "content_block_delta" or null when delta is not null:
                    text.Append(TextOf(delta["content"] ?? delta["text"]));
                    thought.Append(TextOf(delta["reasoning_content"] ?? delta["thinking"]));
                    arguments.Append(TextOf(delta["partial_json"] ?? delta["tool_calls"]?[0]?["function"]?["arguments"]));
                    break;
            }
        }

        var folded = new Said(text.ToString(), thought.ToString(), arguments.ToString());
        if (whole is not null)
        {
            Assert.Equal(folded.Text, string.Concat(Parts(whole, "message", "content")));
            Assert.Equal(folded.Thought, string.Concat(Parts(whole, "reasoning", "summary")));
            Assert.Equal(folded.Arguments, string.Concat(whole.AsArray().Select(item => (string?)item!["arguments"])));
        }

        return folded;
    }

    private static IEnumerable<string?> Parts(JsonNode output, string type, string member) => output.AsArray()
        .Where(item => (string?)item!["type"] == type).SelectMany(item => item![member]!.AsArray()).Select(part => (string?)part!["text"]);

    private static void AssertNumbered(InferenceOperation operation, string stream)
    {
        if (operation == InferenceOperation.Responses)
        {
            var numbers = DataOf(stream).Select(data => (int)JsonNode.Parse(data)!["sequence_number"]!).ToArray();
            Assert.Equal(Enumerable.Range(0, numbers.Length), numbers);
        }
    }

    private static IEnumerable<string> DataOf(string stream) => stream.Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(static line => line[6..]);

    private static string Sorted(string json) => "{" + string.Join(",", JsonNode.Parse(json)!.AsObject().OrderBy(static member => member.Key, StringComparer.Ordinal)
        .Select(static member => $"{Encoding.UTF8.GetString(JsonText.Quote(member.Key))}:{(member.Value is JsonValue value && value.TryGetValue<string>(out var text) ? Encoding.UTF8.GetString(JsonText.Quote(text)) : member.Value!.ToJsonString())}")) + "}";

    private sealed record Said(string Text, string Thought, string Arguments);

    private sealed class Watcher(int window) : GatewayHook
    {
        public override int WindowCharacters => window;
    }
}
