using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Custom;

namespace ProxyCluster.Tests.Unit.Providers.Custom;

/// <summary>A described provider whose models call tools, look at images and keep to schemas.</summary>
public sealed class CustomToolTests
{
    private const string Weather = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{\"type\":\"object\"}}}]";

    private readonly ProviderCase _case = Case(Options());

    [Fact]
    public void Request_WithTools_PutsThemInTheirPlaces() => ProviderCase.AssertJson(
        """{"msgs":[{"role":"user","content":"Hi"}],"fns":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}],"mode":"required"}""",
        _case.Sent(_case.Chat(Weather + ",\"tool_choice\":\"required\"")));

    [Fact]
    public void Request_WithCallsAndResults_TellsThemAsOpenAiDoes() => ProviderCase.AssertJson(
        """
        {"msgs":[{"role":"user","content":"Hi"},
         {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"c1","content":"fine"}]}
        """,
        _case.Sent(_case.Chat("""
            "messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"fine"}]
            """)));

    [Fact]
    public void Request_WithAnImage_HasItAsAPart() => ProviderCase.AssertJson(
        """{"msgs":[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"https://e.example/i.png"}}]}]}""",
        _case.Sent(_case.Chat("""
            "messages":[{"role":"user","content":[{"type":"text","text":"What?"},{"type":"image_url","image_url":{"url":"https://e.example/i.png"}}]}]
            """)));

    [Theory]
    [InlineData("""{"type":"json_object"}""", """{"format":{"type":"json_object"}}""")]
    [InlineData(
        """{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}}""",
        """{"format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}},"schema":{"type":"object"}}""")]
    public void Request_WithAFormat_PutsItInItsPlace(string format, string expected)
    {
        var sent = _case.Sent(_case.Chat($"\"response_format\":{format}"));
        sent.Remove("msgs");

        ProviderCase.AssertJson(expected, sent);
    }

    [Fact]
    public void Choice_ThatHasNoPlace_IsKeptByLeavingToolsOutOrRefused()
    {
        var options = Options();
        options.Request = """{"msgs":"{{messages}}","fns":"{{tools}}"}""";
        var plain = Case(options);

        ProviderCase.AssertJson("""{"msgs":[{"role":"user","content":"Hi"}]}""", plain.Sent(plain.Chat(Weather + ",\"tool_choice\":\"none\"")));
        Assert.Equal("tool_choice", plain.Refused(plain.Chat(Weather + ",\"tool_choice\":\"required\"")).Param);
        Assert.Equal("response_format", plain.Refused(plain.Chat("\"response_format\":{\"type\":\"json_object\"}")).Param);
    }

    [Theory]
    [InlineData("""{"calls":[{"ref":"c1","fn":"weather","args":"{\"a\":1}"},{"ref":7,"fn":"time","args":{"b":2}}]}""", """[["c1","weather","{\"a\":1}"],["7","time","{\"b\":2}"]]""")]
    [InlineData("""{"say":"Wait.","calls":{"ref":"c1","fn":"weather"},"why":"stop"}""", """[["c1","weather","{}"]]""")]
    public void Answer_WithCalls_TellsThem(string body, string expected)
    {
        var (answer, shown) = _case.Read(_case.Chat("\"n\":1"), body);

        Assert.Equal(AnswerValidity.Translated, answer.Validity);
        Assert.Equal("tool_calls", (string?)shown!["choices"]![0]!["finish_reason"]);
        ProviderCase.AssertJson(expected, new JsonArray([.. shown["choices"]![0]!["message"]!["tool_calls"]!.AsArray().Select(static call =>
            new JsonArray((string?)call!["id"], (string?)call["function"]!["name"], (string?)call["function"]!["arguments"]))]));
    }

    [Fact]
    public void Answer_WithACallWithoutAnId_GetsOne()
    {
        var (_, shown) = _case.Read(_case.Chat("\"n\":1"), """{"calls":[{"fn":"weather"}]}""");

        Assert.StartsWith("call_", (string?)shown!["choices"]![0]!["message"]!["tool_calls"]![0]!["id"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"calls":[]}""")]
    [InlineData("""{"calls":[{"ref":"c1"}]}""")]
    [InlineData("""{"calls":[{"fn":"weather","args":[1]}]}""")]
    [InlineData("""{"calls":["weather"]}""")]
    [InlineData("""{"say":5,"calls":[{"fn":"weather"}]}""")]
    public void Answer_WhoseCallsAreNone_IsInvalid(string body) =>
        Assert.Equal(AnswerValidity.Invalid, _case.Read(_case.Chat("\"n\":1"), body).Answer.Validity);

    [Theory]
    [InlineData("by number", """{"calls":[{"n":0,"ref":"a","fn":"f","args":"{\"x\":"},{"n":1,"ref":"b","fn":"g"}]}""", """{"calls":[{"n":1,"args":"{}"},{"n":0,"args":"1}"}]}""")]
    [InlineData("by id", """{"calls":[{"ref":"a","fn":"f","args":"{\"x\":"}]}""", """{"calls":[{"ref":"b","fn":"g","args":{}},{"ref":"a","args":"1}"}]}""")]
    [InlineData("by order", """{"calls":{"fn":"f","args":"{\"x\":"}}""", """{"calls":[{"args":"1}"},{"fn":"g","args":"{}"}]}""")]
    [InlineData("whole", """{"calls":[{"fn":"f","args":{"x":1}}]}""", """{"calls":[{"fn":"g","args":{}}]}""")]
    public void Stream_OfCalls_PutsPiecesWhereTheyBelong(string how, string first, string second)
    {
        var (signals, shown, _) = _case.Play("""{"say":"Wait."}""", first, second, """{"why":"done"}""", "[DONE]");

        Assert.Equal([StreamSignal.Content, StreamSignal.Content, StreamSignal.Content, StreamSignal.Content, StreamSignal.End], signals);
        Assert.Equal(("f:{\"x\":1} g:{}", "tool_calls"), Folded(shown));
        Assert.NotEmpty(how);
    }

    [Theory]
    [InlineData("""{"calls":[{"args":"{}"}]}""")]
    [InlineData("""{"calls":[{"n":0,"fn":"f"},{"n":1,"args":"{}"}]}""")]
    [InlineData("""{"calls":[{"fn":"f","args":7}]}""")]
    [InlineData("""{"calls":[3]}""")]
    public void Event_WhosePiecesBelongNowhere_WritesNothing(string data)
    {
        var (signals, shown, _) = _case.Play(data);

        Assert.Equal([StreamSignal.Malformed], signals);
        Assert.Empty(shown);
    }

    [Fact]
    public void Stream_WithACallAfterItsFinish_IsMalformed()
    {
        var (signals, _, _) = _case.Play("""{"say":"a","why":"done"}""", """{"calls":[{"fn":"f"}]}""");

        Assert.Equal(StreamSignal.Malformed, signals[^1]);
    }

    [Fact]
    public void Capabilities_OfAProvider_AreWhatItsSectionDescribes()
    {
        Assert.Equal(
            ModelCapabilities.Chat | ModelCapabilities.Streaming | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json,
            Of(Options().ToMapping()));
        Assert.Equal(ModelCapabilities.Completions, Of(null));
        Assert.Equal(ModelCapabilities.None, Of(new CustomOptions().ToMapping() with { Request = "{\"a\":\"{{not_yet_known}}\"}" }));

        static ModelCapabilities Of(CustomMapping? mapping) =>
            new CustomAdapter(new FakeTimeProvider()).CapabilitiesOf(new ProviderDefinition { Name = "a", Type = "custom_ai", Custom = mapping });
    }

    [Fact]
    public void Rules_OfToolsWithoutAPlaceForCalls_NameWhatIsMissing()
    {
        var options = Options();
        options.Response.Calls = null;
        options.Stream!.Calls = new CustomCallOptions { List = "a b", Name = "n" };
        Assert.Equal(["Stream:Calls:List", "Response:Calls"], CustomRules.Check(options).Select(static fault => fault.Setting));

        options.Stream.Calls = null;
        Assert.Equal(["Response:Calls", "Stream:Calls"], CustomRules.Check(options).Select(static fault => fault.Setting));

        options.Request = """{"p":"{{prompt}}","t":"{{tools}}"}""";
        Assert.Equal("Request", Assert.Single(CustomRules.Check(options)).Setting);
    }

    private static (string Calls, string? Finish) Folded(string stream)
    {
        var calls = new SortedDictionary<int, StringBuilder>();
        string? finish = null;
        foreach (var told in stream.Split("\n\n")[..^1].Select(static frame => JsonNode.Parse(frame["data: ".Length..])!["choices"]!.AsArray()).Where(static choices => choices.Count > 0))
        {
            finish = (string?)told[0]!["finish_reason"] ?? finish;
            foreach (var piece in told[0]!["delta"]!["tool_calls"] as JsonArray ?? [])
            {
                var index = (int)piece!["index"]!;
                calls.TryAdd(index, new StringBuilder((string?)piece["function"]!["name"] + ":"));
                calls[index].Append((string?)piece["function"]!["arguments"]);
            }
        }

        return (string.Join(' ', calls.Values), finish);
    }

    private static ProviderCase Case(CustomOptions options)
    {
        Assert.Empty(CustomRules.Check(options));
        return new ProviderCase(new CustomAdapter(new FakeTimeProvider(), new CustomShape(options.ToMapping())), "m1");
    }

    private static CustomOptions Options() => new()
    {
        Request = """{"msgs":"{{messages_with_parts}}","fns":"{{tools}}","mode":"{{tool_choice}}","format":"{{response_format}}","schema":"{{json_schema}}"}""",
        Response = { Text = "say", Finish = "why", Calls = new CustomCallOptions { List = "calls", Id = "ref", Name = "fn", Arguments = "args" } },
        Stream = new CustomStreamOptions
        {
            Text = "say",
            Finish = "why",
            EndMarker = "[DONE]",
            Calls = new CustomCallOptions { List = "calls", Id = "ref", Name = "fn", Arguments = "args", Index = "n" },
        },
    };
}
