using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Unit.Providers;

namespace ProxyCluster.Tests.Unit.Pipeline;

/// <summary>In which form a model is asked that cannot serve the client's own.</summary>
public sealed class RequestFormTests
{
    private const ModelCapabilities All = ModelDefinition.DefaultCapabilities;

    [Theory]
    [InlineData("""{"stream":true,"model":"m","messages":[{"role":"user","content":"a"}]}""", """{"model":"m","messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"m", "stream" : true , "messages":[{"role":"user","content":"a"}]}""", """{"model":"m","messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a"}],"x":{"stream":true},"stream_options":{"include_usage":true},"stream":true}""", """{"model":"m","messages":[{"role":"user","content":"a"}],"x":{"stream":true}}""")]
    public void Stream_OfAModelWithoutStreams_IsAskedWholeAndOtherwiseTheSame(string body, string asked)
    {
        var form = Of(body, InferenceOperation.ChatCompletions, All & ~ModelCapabilities.Streaming);

        Assert.True(form.IsReplayed);
        Assert.False(form.Request.Stream);
        Assert.Equal(asked, Encoding.UTF8.GetString(form.Request.Body.Span));
        Assert.Equal("\"m\"", Encoding.UTF8.GetString(form.Request.Body.Span[form.Request.ModelToken]));
        Assert.Equal("stream: replayed from a whole answer", form.Warnings);
    }

    [Fact]
    public void Stream_AskedWhole_KeepsWhatTheClientSentBesideItsBody()
    {
        var request = ProviderCase.Request("""{"model":"m","input":"Hi","stream":true}""", InferenceOperation.Responses);
        request.AnswerKept = static _ => { };
        request.Headers = new DialectHeaders([], "a: dropped");

        var form = RequestForm.For(request, All & ~ModelCapabilities.Streaming, new InputLimitOptions()).Request;

        Assert.Same(request.AnswerKept, form.AnswerKept);
        Assert.Same(request.Headers, form.Headers);
        Assert.Equal(InferenceOperation.Responses, form.Operation);
    }

    [Fact]
    public void Completion_OfAModelThatOnlyChats_IsAskedAsAChat()
    {
        var form = Of("""{"model":"m","prompt":"Hi","stream":true}""", InferenceOperation.Completions, ModelCapabilities.Chat);

        Assert.Equal((InferenceOperation.CompletionsByChat, true), (form.Request.Operation, form.IsReplayed));
        Assert.Equal("stream: replayed from a whole answer; prompt: sent as a chat", form.Warnings);
    }

    [Fact]
    public void Request_OfAModelThatCanServeIt_GoesAsItCame()
    {
        var request = ProviderCase.Request("""{"model":"m","prompt":"Hi","stream":true}""", InferenceOperation.Completions);

        Assert.Equal(new RequestForm(request, false, null), RequestForm.For(request, All, new InputLimitOptions()));
    }

    private static RequestForm Of(string body, InferenceOperation operation, ModelCapabilities own) =>
        RequestForm.For(ProviderCase.Request(body, operation), own, new InputLimitOptions());
}
