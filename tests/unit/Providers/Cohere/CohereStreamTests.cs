using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Cohere;

public sealed class CohereStreamTests
{
    private const string Start = """{"id":"x1","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_calls":[]}}}""";
    private const string Text = """{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}""";
    private const string End = """{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":5,"output_tokens":2}}}}""";

    [Fact]
    public void Stream_OfText_SignalsContentAndEnd()
    {
        var (signals, shown, translator) = CohereCase.Provider.Play(Start, Text, End, "[DONE]");

        Assert.Equal([StreamSignal.None, StreamSignal.Content, StreamSignal.Content, StreamSignal.End], signals);
        Assert.Equal(new TokenUsage(5, 0, 0, 2, 0), translator.Usage);
        Assert.All(shown.Split("\n\n", StringSplitOptions.RemoveEmptyEntries), static chunk => Assert.Contains("\"id\":\"x1\"", chunk, StringComparison.Ordinal));
    }

    [Fact]
    public void Stream_ThatClosesAfterItsFinish_IsWhole() =>
        Assert.True(CohereCase.Provider.Play(Start, Text, End).Translator.Complete(new ArrayBufferWriter<byte>()));

    [Fact]
    public void Stream_ThatClosesBeforeItsFinish_IsCut() =>
        Assert.False(CohereCase.Provider.Play(Start, Text).Translator.Complete(new ArrayBufferWriter<byte>()));

    [Theory]
    [InlineData("[DONE]")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"type":"content-delta"} x""")]
    [InlineData("""{"type":"tool-call-delta","index":3,"delta":{"message":{"tool_calls":{"function":{"arguments":"{"}}}}}""")]
    [InlineData("""{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c"}}}}""")]
    [InlineData("""{"type":"message-end","delta":{}}""")]
    public void Event_ThatMakesNoSense_IsMalformed(string data)
    {
        var (signals, _, translator) = CohereCase.Provider.Play(Start, Text, data);

        Assert.Equal(StreamSignal.Malformed, signals[^1]);
        Assert.False(translator.Complete(new ArrayBufferWriter<byte>()));
    }

    [Theory]
    [InlineData("ERROR", "upstream_failed")]
    [InlineData("TIMEOUT", "upstream_timeout")]
    public void Finish_ThatIsAFailure_FailsTheStream(string reason, string code)
    {
        var (signals, shown, translator) = CohereCase.Provider.Play(
            Start, Text, """{"type":"message-end","delta":{"finish_reason":"REASON","error":"secret host","usage":{"tokens":{"input_tokens":5,"output_tokens":2}}}}""".Replace("REASON", reason, StringComparison.Ordinal));

        Assert.Equal(StreamSignal.Failed, signals[^1]);
        Assert.Equal((AttemptOutcome.ServerError, code, true), (translator.Error!.Value.Outcome, translator.Error.Value.Refusal.Code, translator.Error.Value.TryAnother));
        Assert.Equal(new TokenUsage(5, 0, 0, 2, 0), translator.Usage);
        Assert.DoesNotContain("finish_reason\":\"", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Event_ThatIsAnErrorBody_FailsTheStream() =>
        Assert.Equal(StreamSignal.Failed, CohereCase.Provider.Play(Start, """{"id":"i","message":"too late"}""").Signals[^1]);

    [Fact]
    public void Calls_WithoutArguments_GetAnEmptyObject()
    {
        var (_, shown, _) = CohereCase.Provider.Play(
            Start,
            """{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c","type":"function","function":{"name":"f","arguments":""}}}}}""",
            """{"type":"tool-call-end","index":0}""");

        Assert.Contains("""{"index":0,"function":{"arguments":"{}"}}""", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0}}}}""")]
    [InlineData("""{"type":"debug","prompt":"p"}""")]
    [InlineData("""{"type":"brand-new","delta":7}""")]
    public void Event_ThatClientsDoNotKnow_IsLeftOut(string data)
    {
        var (signals, shown, _) = CohereCase.Provider.Play(data);

        Assert.Equal([StreamSignal.None], signals);
        Assert.Empty(shown);
    }
}
