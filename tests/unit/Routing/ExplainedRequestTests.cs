using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>Requests of every route, and models alone, as they are read to be explained.</summary>
public sealed class ExplainedRequestTests
{
    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}""", null, "chat_completions", ModelCapabilities.Chat | ModelCapabilities.Streaming)]
    [InlineData("""{"model":"m","system":"s","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{}}]}]}""", null, "messages", ModelCapabilities.Chat | ModelCapabilities.Vision)]
    [InlineData("""{"model":"m","input":"Hi","tools":[{}]}""", null, "responses", ModelCapabilities.Chat | ModelCapabilities.Tools)]
    [InlineData("""{"model":"m","prompt":"Hi"}""", null, "completions", ModelCapabilities.Completions)]
    [InlineData("""{"model":"m","input":"Hi","dimensions":8}""", null, "embeddings", ModelCapabilities.Embeddings)]
    [InlineData("""{"model":"m","input":"Hi"}""", "embeddings", "embeddings", ModelCapabilities.Embeddings)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", "messages", "messages", ModelCapabilities.Chat)]
    [InlineData("""{"model":"m","query":"q","documents":[]}""", "rerank", "chat_completions", ModelCapabilities.Rerank)]
    [InlineData("""{"model":"m"}""", "audio_transcriptions", "chat_completions", ModelCapabilities.Audio)]
    [InlineData("""{"model":"m"}""", null, "chat_completions", ModelCapabilities.Chat)]
    [InlineData("""{"model":"m","stream":true,"capabilities":["tools","Vision"]}""", null, "chat_completions", ModelCapabilities.Chat | ModelCapabilities.Streaming | ModelCapabilities.Tools | ModelCapabilities.Vision)]
    public void Body_OfAnyRoute_AsksForWhatItWouldThere(string body, string? route, string expected, ModelCapabilities required)
    {
        var request = Read(body, route).Request!;

        Assert.Equal(("m", expected, required), (request.Model, GatewayMetrics.RouteOf(request.Operation), request.Required));
    }

    [Fact]
    public void Tokens_ThatAreTold_AreTaken()
    {
        Assert.Equal((1200, 300), Tokens("""{"model":"m","prompt_tokens":1200,"max_tokens":300}"""));
        Assert.Equal((0, 0), Tokens("""{"model":"m"}"""));
        Assert.Equal((7, 0), Tokens("""{"model":"m","prompt_tokens":7,"messages":[{"role":"user","content":"Hi"}]}"""));
        Assert.Null(Read("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""").Request!.PromptTokens);
    }

    [Theory]
    [InlineData("""{"model":"m","prompt_tokens":-1}""", null, "prompt_tokens")]
    [InlineData("""{"model":"m","capabilities":["magic"]}""", null, "capabilities")]
    [InlineData("""{"model":"m","capabilities":"tools"}""", null, "capabilities")]
    [InlineData("""{"model":"m","capabilities":["3"]}""", null, "capabilities")]
    [InlineData("""{"model":"m"}""", "nowhere", "route")]
    [InlineData("""{"model":"m"}""", "routing_explain", "route")]
    [InlineData("""{"max_tokens":5}""", null, "model")]
    [InlineData("{}", null, "model")]
    [InlineData("""{"model":"m","messages":"Hi"}""", null, "messages")]
    [InlineData("""{"model":"m",""", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("", null, null)]
    public void Body_ThatCannotBe_IsRefused(string body, string? route, string? param)
    {
        var refusal = Read(body, route).Refusal!;

        Assert.Equal((400, param), (refusal.Status, refusal.Param));
    }

    private static (int?, int) Tokens(string body) => Read(body).Request! is var request ? (request.PromptTokens, request.MaxOutputTokens) : default;

    private static RequestReading Read(string body, string? route = null) =>
        ExplainedRequest.Read(Encoding.UTF8.GetBytes(body), route, new InputLimitOptions(), new ModelNames());
}
