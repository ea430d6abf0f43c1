using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Unit.Providers;

public sealed class PatchedContentTests
{
    [Fact]
    public async Task Body_WithNothingToPatch_GoesOnAsItCame()
    {
        const string Body = """  { "model":"m", "messages":[{}], "unknown" : [1, 2.50, "\u00e9"] } """;

        Assert.Equal(Body, await SendAsync(Body, model: null, StreamOptionsPatch.None));
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{}]}""", """{"model":"up/\u0022x","messages":[{}]}""")]
    [InlineData("""{"messages":[{}],"model" : "m" }""", """{"messages":[{}],"model" : "up/\u0022x" }""")]
    public async Task Model_IsPatchedInPlace(string body, string expected)
    {
        Assert.Equal(expected, await SendAsync(body, "\"up/\\u0022x\"", StreamOptionsPatch.None));
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{}],"stream":true}""", """{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream":true,"stream_options":null}""", """{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream":true,"stream_options":{ }}""", """{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":false}}""", """{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_obfuscation":false}}""", """{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}""")]
    [InlineData("""{"stream_options":{"include_usage":true},"model":"m","messages":[{}],"stream":true}""", """{"stream_options":{"include_usage":true},"model":"m","messages":[{}],"stream":true}""")]
    public async Task Usage_IsAskedForWhateverTheClientSent(string body, string expected)
    {
        Assert.Equal(expected, await SendAsync(body, model: null, StreamOptionsPatch.AskUsage));
    }

    [Theory]
    [InlineData("""{"stream_options":{"a":1},"model":"m","messages":[{}],"stream":true}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":{"a":1},"stream":true}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream":true , "stream_options" : {"a":1} }""")]
    public async Task StreamOptions_OfAServerThatDoesNotTakeThem_AreLeftOut(string body)
    {
        var sent = JsonNode.Parse(await SendAsync(body, "\"up\"", StreamOptionsPatch.LeaveOut))!.AsObject();

        Assert.False(sent.ContainsKey("stream_options"));
        Assert.Equal(("up", true, 1), ((string?)sent["model"], (bool)sent["stream"]!, sent["messages"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("""{"stream_options":{"a":1},"model":"m","messages":[{}],"stream":true}""")]
    [InlineData("""{"model":"m","messages":[{}],"stream_options":{"a":1},"stream":true}""")]
    public async Task BothPatches_InEitherOrder_AreMade(string body)
    {
        var sent = JsonNode.Parse(await SendAsync(body, "\"up\"", StreamOptionsPatch.AskUsage))!;

        Assert.Equal("up", (string?)sent["model"]);
        Assert.Equal("""{"include_usage":true,"a":1}""", sent["stream_options"]!.ToJsonString());
    }

    private static async Task<string> SendAsync(string body, string? model, StreamOptionsPatch options)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Null(RequestScanner.Scan(bytes, InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out var request));
        ReadOnlyMemory<byte>? token = model is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(model);
        using var content = new PatchedContent(request!, token, options);
        var length = content.Headers.ContentLength;
        var sent = await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(length, sent.Length);
        return Encoding.UTF8.GetString(sent);
    }
}
