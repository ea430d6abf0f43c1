using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

public sealed class OwnCodeRequestTests
{
    private const string Pixel = "data:image/png;base64,iVBORw0KGgo=";

    [Fact]
    public void Messages_OfEveryRole_AreInTheirOrderAndForm()
    {
        var asked = Ask("""
            "messages":[
              {"role":"system","content":"Be brief."},
              {"role":"user","name":"ann","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}]},
              {"role":"assistant","content":"Wait","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\":[1,2]}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"a cat"}]
            """).Messages;

        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], asked.Select(static message => message.Role));
        Assert.Equal(("Be brief.", "ann"), (asked[0].Text, asked[1].AuthorName));
        var image = Assert.IsType<UriContent>(asked[1].Contents[1]);
        Assert.Equal(("https://example.com/a.png", true, "low"), (image.Uri.ToString(), image.HasTopLevelMediaType("image"), image.AdditionalProperties!["detail"]));
        var call = Assert.IsType<FunctionCallContent>(asked[2].Contents[1]);
        Assert.Equal(("Wait", "c1", "look", "[1,2]"), (asked[2].Text, call.CallId, call.Name, Assert.IsType<JsonElement>(call.Arguments!["at"]).GetRawText()));
        var result = Assert.IsType<FunctionResultContent>(Assert.Single(asked[3].Contents));
        Assert.Equal(("c1", "a cat"), (result.CallId, result.Result));
    }

    [Fact]
    public void Parts_ThatHoldData_AreDataContents()
    {
        var contents = Ask($$$"""
            "messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"{{{Pixel}}}"}},
              {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERg==","filename":"a.pdf"}},
              {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"mp3"}}]}]
            """).Messages[0].Contents;

        Assert.Equal(["image/png", "application/pdf", "audio/mpeg"], contents.Cast<DataContent>().Select(static data => data.MediaType));
        Assert.Equal(["iVBORw0KGgo=", "JVBERg==", "UklGRg=="], contents.Cast<DataContent>().Select(static data => data.Base64Data.ToString()));
        Assert.Equal("a.pdf", ((DataContent)contents[1]).Name);
    }

    [Theory]
    [InlineData("data:image/png;base64,###")]
    [InlineData("data:image;base64,iVBORw0KGgo=")]
    public void Image_ThatIsNoData_IsRefusedByItsPlace(string url)
    {
        var refusal = OwnCodeCase.Refused(Chat($$$"""
            "messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"{{{url}}}"}}]}]
            """));

        Assert.Equal((400, "invalid_value", "messages[0].content[1].image_url"), (refusal.Status, refusal.Code, refusal.Param));
    }

    [Fact]
    public void ThoughtsOfAnthropicsClient_GoBackWithTheirSignature()
    {
        var request = ProviderCase.Request(
            """
            {"model":"acme-1","max_tokens":9,"messages":[{"role":"user","content":"Hi"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"s1"},{"type":"tool_use","id":"c1","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","is_error":true,"content":"no"}]}]}
            """,
            InferenceOperation.Messages);

        var asked = OwnCodeCase.Asked(request, out _).Messages;

        var thought = Assert.IsType<TextReasoningContent>(asked[1].Contents[0]);
        Assert.Equal(("Hm", "s1"), (thought.Text, thought.ProtectedData));
        Assert.Equal(true, Assert.IsType<FunctionResultContent>(asked[2].Contents[0]).AdditionalProperties!["is_error"]);
    }

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", ChatAbilities.Tools, "tools")]
    [InlineData("\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"r\"}]", ChatAbilities.Tools, "messages[0]")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a/b\"}}]}]", ChatAbilities.Images, "messages[0].content[0].image_url")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"UklGRg==\",\"format\":\"wav\"}}]}]", ChatAbilities.Files, "messages[0].content[0].input_audio")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", ChatAbilities.Json, "response_format")]
    public void Request_ThatNeedsAnAbility_IsRefusedWithoutIt(string members, ChatAbilities needed, string param)
    {
        var refusal = OwnCodeCase.Refused(Chat(members), ChatAbilities.All & ~needed);

        Assert.Equal((400, "unsupported_parameter", param), (refusal.Status, refusal.Code, refusal.Param));
        OwnCodeCase.Asked(Chat(members), out _, needed);
    }

    [Fact]
    public void Abilities_OfAType_AreWhatItsModelsCanBeAskedFor()
    {
        Assert.Equal(ModelCapabilities.Chat | ModelCapabilities.Streaming, OwnCodeCase.AdapterOf(ChatAbilities.None).Capabilities);
        Assert.Equal(
            ModelCapabilities.Chat | ModelCapabilities.Streaming | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json,
            OwnCodeCase.AdapterOf(ChatAbilities.All).Capabilities);
    }

    // An adapter may go on when the request has ended, and its memory has become another's.
    [Fact]
    public void Request_WhoseMemoryIsUsedAgain_IsStillWhatItWas()
    {
        var body = Encoding.UTF8.GetBytes("""
            {"model":"acme-1","messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"b\"}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}],
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}],
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}
            """);
        Assert.Null(RequestScanner.Scan(body, InferenceOperation.ChatCompletions, new(), new ModelNames(), out var request));
        var asked = OwnCodeCase.Asked(request!, out _);
        var before = OwnCodeCase.ToJson(asked).ToJsonString();

        body.AsSpan().Fill((byte)'x');

        Assert.Equal(before, OwnCodeCase.ToJson(asked).ToJsonString());
    }

    [Theory]
    [InlineData(2048, "low")]
    [InlineData(8192, "medium")]
    [InlineData(20000, "high")]
    public void Thinking_OfSoManyTokens_IsTheEffortNearest(int budget, string effort)
    {
        var asked = OwnCodeCase.Asked(Chat($$"""
            "thinking":{"type":"enabled","budget_tokens":{{budget}}}
            """), out var warnings);

        Assert.Equal((effort, "thinking: sent as an effort"), (asked.Options.Reasoning!.Effort.ToString()!.ToLowerInvariant(), warnings));
    }

    [Fact]
    public void Tools_FiveHundred_AreAllDeclared()
    {
        var tools = string.Join(',', Enumerable.Range(0, 500).Select(static i => $$$"""{"type":"function","function":{"name":"f{{{i}}}"}}"""));

        Assert.Equal(500, Ask($"\"tools\":[{tools}]").Options.Tools!.Count);
    }

    private static InferenceRequest Chat(string members) => OwnCodeCase.Provider.Chat(members);

    private static ChatRequest Ask(string members) => OwnCodeCase.Asked(Chat(members), out _);
}
