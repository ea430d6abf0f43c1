using System.Buffers;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Unit.Messages;

namespace ProxyCluster.Tests.Unit.Providers.Anthropic;

/// <summary>What a client of Anthropic's own dialect gets from Anthropic.</summary>
public sealed class AnthropicCopyTests
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":5,"cache_read_input_tokens":7,"cache_creation_input_tokens":3,"output_tokens":1}}}""";
    private const string Finish = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""";
    private const string Stop = """{"type":"message_stop"}""";

    [Fact]
    public void Events_OfEveryKind_GoThroughAsTheyAre()
    {
        string[] events =
        [
            Start,
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"x"}}""",
            """{"type":"brand_new","x":[1]}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"H\u00e9"} }""",
            Finish,
            Stop,
        ];

        var (output, signals, stream) = Play(events);

        Assert.Equal(string.Concat(events.Select(static data => $"event: e\ndata: {data}\n\n")), output);
        Assert.Equal(
            [StreamSignal.None, StreamSignal.None, StreamSignal.Content, StreamSignal.None, StreamSignal.Content, StreamSignal.Content, StreamSignal.End],
            signals);
        Assert.Equal(new TokenUsage(5, 7, 3, 9, 0), stream.Usage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ping\u00e9")]
    public void Event_WithoutANameOfItsOwn_GetsThatOfItsKind(string name)
    {
        var output = new ArrayBufferWriter<byte>();

        AnthropicCase.Adapter.CreateStream(MessagesCase.Ask("\"stream\":true")).Translate(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(Start), output);

        Assert.StartsWith("event: message_start\ndata: ", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":\"content_block_delta\",")]
    [InlineData("<html>")]
    [InlineData(Start)]
    [InlineData(Stop)]
    public void Event_ThatMakesNoSense_IsMalformed(string data) => Assert.Equal(StreamSignal.Malformed, Play(Start, data).Signals[^1]);

    [Fact]
    public void Event_BeforeTheStart_IsMalformed() => Assert.Equal([StreamSignal.Malformed], Play(Finish).Signals);

    [Fact]
    public void Error_InTheStream_FailsIt()
    {
        var (_, signals, stream) = Play(Start, """{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}""");

        Assert.Equal(StreamSignal.Failed, signals[^1]);
        Assert.Equal((AttemptOutcome.ServerError, 503), (stream.Error?.Outcome, stream.Error?.Refusal.Status));
    }

    [Fact]
    public void Stream_WithoutItsFarewell_GetsOneOnlyAfterTheStopReason()
    {
        var cut = Play(Start).Stream;
        var whole = Play(Start, Finish).Stream;
        var output = new ArrayBufferWriter<byte>();

        Assert.False(cut.Complete(output));
        Assert.Equal(0, output.WrittenCount);
        Assert.True(whole.Complete(output));
        Assert.Equal($"event: message_stop\ndata: {Stop}\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"type":"message","content":[],"usage":{"input_tokens":1,"output_tokens":2}}""", true)]
    [InlineData("""{"content":[]}""", true)]
    [InlineData("""{"content":"x"}""", false)]
    [InlineData("""{"type":"error","error":{}}""", false)]
    [InlineData("""{"content":[],"error":{}}""", false)]
    [InlineData("""{"content":[""", false)]
    [InlineData("""{"content":[]} x""", false)]
    [InlineData("<html>", false)]
    [InlineData("", false)]
    public void WholeAnswer_ThatIsAMessage_GoesThroughAsItIs(string body, bool isValid)
    {
        var output = new ArrayBufferWriter<byte>();

        var answer = AnthropicCase.Adapter.ReadAnswer(MessagesCase.Ask(), Encoding.UTF8.GetBytes(body), output);

        Assert.Equal((isValid ? AnswerValidity.Verbatim : AnswerValidity.Invalid, 0), (answer.Validity, output.WrittenCount));
    }

    [Theory]
    [InlineData("""{"input_tokens":14,"x":1}""", true)]
    [InlineData("""{"input_tokens":"14"}""", false)]
    [InlineData("""{"content":[]}""", false)]
    public void Count_ThatIsANumber_GoesThroughAsItIs(string body, bool isValid)
    {
        var request = MessagesCase.Request("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}""", InferenceOperation.CountTokens);

        var answer = AnthropicCase.Adapter.ReadAnswer(request, Encoding.UTF8.GetBytes(body), new ArrayBufferWriter<byte>());

        Assert.False(request.Stream);
        Assert.Equal(isValid ? AnswerValidity.Verbatim : AnswerValidity.Invalid, answer.Validity);
    }

    private static (string Output, List<StreamSignal> Signals, StreamTranslator Stream) Play(params string[] events)
    {
        var stream = AnthropicCase.Adapter.CreateStream(MessagesCase.Ask("\"stream\":true"));
        var output = new ArrayBufferWriter<byte>();
        var signals = events.Select(data => stream.Translate("e"u8, Encoding.UTF8.GetBytes(data), output)).ToList();
        return (Encoding.UTF8.GetString(output.WrittenSpan), signals, stream);
    }
}
