using System.Text;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Custom;

namespace ProxyCluster.Tests.Unit.Providers.Custom;

/// <summary>A described provider: what it is sent, and what is made of its answers, good and bad.</summary>
public sealed class CustomAdapterTests
{
    private readonly ProviderCase _case = Case(Options());

    [Fact]
    public void Request_OfAChat_FillsTheTemplateAndNotesWhatHasNoPlace()
    {
        var chat = _case.Chat("\"max_tokens\":9,\"seed\":3,\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Hi\"}]");

        var sent = _case.Sent(chat, out var warnings);

        ProviderCase.AssertJson("""{"m":"m1","sys":"Be brief.","msgs":[{"role":"user","content":"Hi"}],"max":9}""", sent);
        Assert.Equal("seed: dropped", warnings);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"stop\":[\"x\"]", "stop")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "response_format")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://e.example/i.png\"}}]}]", "messages[0].content[0]")]
    public void Request_ThatTheTemplateCannotTell_IsRefused(string members, string param)
    {
        var refused = _case.Refused(_case.Chat(members));

        Assert.Equal((400, "unsupported_parameter"), (refused.Status, refused.Code));
        Assert.StartsWith(param, refused.Param, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_OfAProviderWithoutStreams_IsRefused()
    {
        var options = Options();
        options.Stream = null;

        Assert.Equal("stream", Case(options).Refused(_case.Chat("\"stream\":true")).Param);
    }

    [Fact]
    public void Answer_AlongThePaths_IsTranslated()
    {
        var (answer, shown) = _case.Read(_case.Chat("\"n\":1"), """{"out":[{"text":"Hello"}],"why":"cut","u":{"in":4,"out":2}}""");

        Assert.Equal(AnswerValidity.Translated, answer.Validity);
        Assert.Equal(new TokenUsage(4, 0, 0, 2, 0), answer.Usage);
        Assert.Equal(("Hello", "length"), ((string)shown!["choices"]![0]!["message"]!["content"]!, (string)shown["choices"]![0]!["finish_reason"]!));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{\"out\":[{\"te")]
    [InlineData("{}")]
    [InlineData("""{"out":[{"text":5}]}""")]
    [InlineData("""{"out":[{"text":"\ud800"}]}""")]
    [InlineData("""{"out":[{"text":"a"}],"err":{"msg":"no"}}""")]
    public void Answer_ThatIsNone_IsInvalid(string body) =>
        Assert.Equal(AnswerValidity.Invalid, _case.Read(_case.Chat("\"n\":1"), body).Answer.Validity);

    [Fact]
    public void Error_WithAMessage_IsShownToTheClient()
    {
        using var response = new HttpResponseMessage();

        var error = _case.Adapter.ReadError(400, response.Headers, Encoding.UTF8.GetBytes("""{"err":{"msg":"Too warm."}}"""));

        Assert.Equal((400, "Too warm."), (error.Refusal.Status, error.Refusal.Message));
    }

    [Fact]
    public void Stream_ToItsMarker_IsTextFinishAndUsage()
    {
        var (signals, shown, translator) = _case.Play("""{"d":"Hel"}""", """{"d":"lo","why":null}""", """{"why":"cut"}""", """{"u":{"in":4,"out":2}}""", "[DONE]");

        Assert.Equal([StreamSignal.Content, StreamSignal.Content, StreamSignal.Content, StreamSignal.None, StreamSignal.End], signals);
        Assert.Equal(new TokenUsage(4, 0, 0, 2, 0), translator.Usage);
        Assert.Contains("\"content\":\"Hel\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"length\"", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", (int)StreamSignal.Malformed)]
    [InlineData("{\"d\":\"a\"", (int)StreamSignal.Malformed)]
    [InlineData("{\"d\":\"a\"} {}", (int)StreamSignal.Malformed)]
    [InlineData("{\"d\":7}", (int)StreamSignal.Malformed)]
    [InlineData("{\"d\":\"\\ud800\"}", (int)StreamSignal.Malformed)]
    [InlineData("{\"err\":{\"msg\":\"no\"}}", (int)StreamSignal.Failed)]
    public void Event_ThatIsBad_WritesNothing(string data, int signal)
    {
        var (signals, shown, _) = _case.Play(data);

        Assert.Equal([(StreamSignal)signal], signals);
        Assert.Empty(shown);
    }

    [Theory]
    [InlineData("{\"d\":\"a\"}", false)]
    [InlineData("{\"d\":\"a\",\"why\":\"end\"}", true)]
    public void Stream_ThatCloses_IsWholeOnlyAfterItsFinish(string data, bool whole)
    {
        var (_, _, translator) = _case.Play(data);

        Assert.Equal(whole, translator.Complete(new System.Buffers.ArrayBufferWriter<byte>()));
    }

    [Theory]
    [InlineData(false, "SseReader")]
    [InlineData(true, "JsonLinesReader")]
    public void Framing_OfAStream_IsThatOfTheSection(bool isLines, string reader)
    {
        var options = Options();
        options.Stream!.Framing = isLines ? "ndjson" : "sse";

        using var events = Case(options).Adapter.CreateEventReader(1024);

        Assert.Equal(reader, events.GetType().Name);
    }

    [Fact]
    public void Event_NamedAsTheMarker_EndsTheStream()
    {
        var translator = _case.Adapter.CreateStream(_case.Chat("\"stream\":true"));
        var output = new System.Buffers.ArrayBufferWriter<byte>();

        Assert.Equal(StreamSignal.Content, translator.Translate(default, """{"d":"a"}"""u8, output));
        Assert.Equal(StreamSignal.End, translator.Translate("[DONE]"u8, "{}"u8, output));
    }

    [Fact]
    public void Rules_OfAFaultySection_NameEachSetting()
    {
        var options = Options();
        options.ChatPath = "../x";
        options.KeyHeader = "a b";
        options.Response.Text = "";
        options.Response.FinishWords["x"] = "calls";
        options.Stream = new CustomStreamOptions { Text = "a" };

        Assert.Equal(["ChatPath", "KeyHeader", "Response:Text", "Response:FinishWords:x", "Stream"], CustomRules.Check(options).Select(static fault => fault.Setting));
        Assert.Empty(CustomRules.Check(Options()));
    }

    [Theory]
    [InlineData("X-Api-Key", true)]
    [InlineData("Authorization", true)]
    [InlineData("Host", false)]
    [InlineData("content-type", false)]
    public void KeyHeader_ThatTheGatewaySetsItself_IsAFault(string header, bool isFit)
    {
        var options = Options();
        options.KeyHeader = header;

        Assert.Equal(isFit, !CustomRules.Check(options).Any());
    }

    private static ProviderCase Case(CustomOptions options) =>
        new(new CustomAdapter(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000)), new CustomShape(options.ToMapping())), "m1");

    private static CustomOptions Options() => new()
    {
        Request = """{"m":"{{model}}","sys":"{{system}}","msgs":"{{messages}}","max":"{{max_tokens}}"}""",
        Response =
        {
            Text = "out[0].text", Finish = "why", PromptTokens = "u.in", CompletionTokens = "u.out", Error = "err.msg",
            FinishWords = { ["cut"] = "length" },
        },
        Stream = new CustomStreamOptions { Text = "d", Finish = "why", PromptTokens = "u.in", CompletionTokens = "u.out", EndMarker = "[DONE]" },
    };
}
