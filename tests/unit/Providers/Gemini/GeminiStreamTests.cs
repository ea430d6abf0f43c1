using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class GeminiStreamTests
{
    private const string Head = "\"modelVersion\":\"gemini-3-pro\",\"responseId\":\"r-1\"";

    [Fact]
    public void Stream_OfTextAndThoughts_GivesRoleDeltasFinish()
    {
        var play = Play(
            "",
            Part("""{"text":"Hm.","thought":true}"""),
            Part("""{"text":"Hé\n\"x\""}"""),
            Part("""{"text":""}""", ",\"finishReason\":\"STOP\""));

        Assert.Equal([StreamSignal.Content, StreamSignal.Content, StreamSignal.Content], play.Signals);
        Assert.True(play.IsComplete);
        string[] expected =
        [
            """{"index":0,"delta":{"role":"assistant"},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"reasoning_content":"Hm."},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"Hé\n\"x\""},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}""",
        ];
        Assert.Equal(expected.Length, play.Chunks.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            GeminiCase.AssertJson(expected[i], play.Chunks[i]["choices"]![0]);
            Assert.Equal(("r-1", "gemini-3-pro"), ((string?)play.Chunks[i]["id"], (string?)play.Chunks[i]["model"]));
        }
    }

    [Fact]
    public void Calls_InOneEvent_AreNumberedNamedAndKeepTheirSignature()
    {
        var play = Play("", Part(
            """{"thoughtSignature":"c2ln","functionCall":{"args":{"q":"a\"b"},"name":"f","id":"fc-9"}},{"functionCall":{"name":"g"}}""", ",\"finishReason\":\"STOP\""));

        GeminiCase.AssertJson(
            """{"index":0,"id":"fc-9","type":"function","function":{"name":"f","arguments":""},"extra_content":{"google":{"thought_signature":"c2ln"}}}""", Call(play, 1));
        GeminiCase.AssertJson("""{"index":0,"function":{"arguments":"{\"q\":\"a\\\"b\"}"}}""", Call(play, 2));
        GeminiCase.AssertJson("""{"index":1,"id":"call_r-1_1","type":"function","function":{"name":"g","arguments":""}}""", Call(play, 3));
        GeminiCase.AssertJson("""{"index":1,"function":{"arguments":"{}"}}""", Call(play, 4));
        Assert.Equal("tool_calls", (string?)play.Chunks[^1]["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void Usage_OfTheLastEventThatTellsAny_Counts()
    {
        var play = Play(
            "\"stream\":true,\"stream_options\":{\"include_usage\":true}",
            """{"usageMetadata":{"promptTokenCount":169,"cachedContentTokenCount":9}}""",
            """{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":79,"candidatesTokenCount":12,"thoughtsTokenCount":3,"toolUsePromptTokenCount":4,"cachedContentTokenCount":70}}""",
            """{"usageMetadata":{"trafficType":"ON_DEMAND"}}""");

        Assert.Equal(new TokenUsage(13, 70, 0, 12, 3), play.Usage);
        GeminiCase.AssertJson("""
            {"prompt_tokens":83,"completion_tokens":15,"total_tokens":98,"prompt_tokens_details":{"cached_tokens":70,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":3}}
            """, play.Chunks[^1]["usage"]);
    }

    [Theory]
    [InlineData("STOP", "stop")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("RECITATION", "content_filter")]
    [InlineData("PROHIBITED_CONTENT", "content_filter")]
    [InlineData("SPII", "content_filter")]
    [InlineData("MODEL_ARMOR", "content_filter")]
    [InlineData("SOMETHING_NEW", "content_filter")]
    public void Finish_InGeminisWords_IsToldInOpenAis(string reason, string finish)
    {
        var play = Play("", Part("""{"text":"A"}""", $",\"finishReason\":\"{reason}\""));

        Assert.Equal(finish, (string?)play.Chunks[^1]["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("MALFORMED_FUNCTION_CALL")]
    [InlineData("UNEXPECTED_TOOL_CALL")]
    public void Finish_AfterACallThatBroke_FailsSoThatAnotherProviderMayBeAsked(string reason)
    {
        var play = Play("", Part("""{"text":"print("}"""), $$"""{"candidates":[{"content":{},"finishReason":"{{reason}}"}]}""");

        Assert.Equal(StreamSignal.Failed, play.Signals[^1]);
        Assert.False(play.IsComplete);
        Assert.True(play.Error is { Refusal.Code: "upstream_invalid_response", Outcome: AttemptOutcome.InvalidAnswer, TryAnother: true });
    }

    [Fact]
    public void Prompt_ThatIsBlocked_EndsAsFiltered()
    {
        var play = Play("", $$"""{"promptFeedback":{"blockReason":"OTHER"},{{Head}}}""");

        Assert.Equal([StreamSignal.Content], play.Signals);
        Assert.True(play.IsComplete);
        Assert.Equal("content_filter", (string?)play.Chunks[^1]["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void Stream_WithoutAReasonToFinish_IsNotComplete()
    {
        var play = Play("", Part("""{"text":"A"}"""), """{"usageMetadata":{"promptTokenCount":1}}""");

        Assert.False(play.IsComplete);
        Assert.All(play.Chunks, static chunk => Assert.Null(chunk["choices"]![0]!["finish_reason"]));
    }

    [Theory]
    [InlineData("""{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}""", 503)]
    [InlineData("""{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"2s"}]}}""", 429)]
    [InlineData("""{"error":{"code":0}}""", 502)]
    public void Error_InTheMiddle_IsToldWithItsStatus(string error, int status)
    {
        var play = Play("", Part("""{"text":"A"}"""), error);

        Assert.Equal([StreamSignal.Content, StreamSignal.Failed], play.Signals);
        Assert.Equal(status, play.Error?.Refusal.Status);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"candidates\":[")]
    [InlineData("{} {}")]
    [InlineData("[DONE]")]
    public void Event_ThatIsNoObject_IsMalformed(string data) =>
        Assert.Equal([StreamSignal.Malformed], Play("", data).Signals);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"candidates":[]}""")]
    [InlineData("""{"candidates":[3]}""")]
    [InlineData("""{"candidates":[{"content":null}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":"x"}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[1,{"text":2},{"inlineData":{"data":"AA=="}},{"functionCall":{"name":""}}]},"finishReason":null}]}""")]
    public void Event_WithNothingToTell_IsPassedOver(string data) =>
        Assert.Equal([StreamSignal.None], Play("", data).Signals);

    [Fact]
    public void Event_OfText_AllocatesNothingToSpeakOf()
    {
        const int Events = 1000;
        const int MostBytesAnEvent = 64; // the target is 600; what is left is the amortized growth of nothing
        var translator = GeminiCase.Adapter.CreateStream(GeminiCase.Ask("\"stream\":true"));
        var output = new ArrayBufferWriter<byte>(1024 * 1024);
        var data = Encoding.UTF8.GetBytes(Part("""{"text":" word"}""", usage: ",\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":9,\"totalTokenCount\":14,\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":5}]}"));
        translator.Translate([], data, output);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Events; i++)
        {
            translator.Translate([], data, output);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Events * MostBytesAnEvent);
    }

    private static string Part(string parts, string more = "", string usage = "") =>
        $$$"""{"candidates":[{"content":{"parts":[{{{parts}}}],"role":"model"}{{{more}}}}]{{{usage}}},{{{Head}}}}""";

    private static JsonNode? Call(Played play, int chunk) => play.Chunks[chunk]["choices"]![0]!["delta"]!["tool_calls"]![0];

    private static Played Play(string members, params string[] events)
    {
        var translator = GeminiCase.Adapter.CreateStream(GeminiCase.Ask(members));
        var output = new ArrayBufferWriter<byte>();
        var signals = events.Select(data => translator.Translate([], Encoding.UTF8.GetBytes(data), output)).ToList();
        var isComplete = translator.Complete(output);
        var chunks = Encoding.UTF8.GetString(output.WrittenSpan)
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(static frame => JsonNode.Parse(frame["data: ".Length..])!.AsObject())
            .ToList();
        return new Played(signals, chunks, isComplete, translator.Usage, translator.Error);
    }

    private sealed record Played(List<StreamSignal> Signals, List<JsonObject> Chunks, bool IsComplete, TokenUsage? Usage, UpstreamError? Error);
}
