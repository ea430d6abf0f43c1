using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>
/// Speaks the second version of Cohere's API. What becomes of each field of a request is told in
/// <c>docs/providers/cohere.md</c>.
/// </summary>
internal sealed class CohereAdapter(TimeProvider clock) : ProviderAdapter
{
    private readonly ModelTokens _tokens = new();

    /// <inheritdoc/>
    public override string Type => "cohere";

    /// <inheritdoc/>
    public override string DefaultBaseUrl => "https://api.cohere.com";

    /// <inheritdoc/>
    public override bool NeedsKey => true;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities =>
        ModelCapabilities.Chat | ModelCapabilities.Embeddings | ModelCapabilities.Tools | ModelCapabilities.Vision
        | ModelCapabilities.Json | ModelCapabilities.Streaming | ModelCapabilities.Rerank;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) =>
        operation != InferenceOperation.CountTokens && (Capabilities & operation.Capability()) != 0;

    /// <inheritdoc/>
    public override int MostEmbeddingInputs(string upstreamModel) => CohereEmbeddings.MostTexts;

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        if (request.Operation == InferenceOperation.Rerank)
        {
            return PassOn(target, request);
        }

        var isChat = request.Operation.IsChat();
        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        var refusal = isChat ? CohereRequest.Write(target, request, body, notes) : CohereEmbeddings.Write(target, request, body, notes);
        if (refusal is not null)
        {
            return refusal;
        }

        var uri = At(target, isChat ? "v2/chat" : "v2/embed");
        var message = BearerRequest.Post(uri, target, body.WrittenMemory, request.Stream ? "text/event-stream" : "application/json");
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (request.Operation == InferenceOperation.Embeddings)
        {
            return CohereEmbeddings.Translate(request, body, output);
        }

        if (CohereAnswer.Read(body) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) =>
        new CohereStream(request.Dialect.CreateStream(request, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        StatusErrors.Of(status, StatusErrors.TextOf(body, "message"), RetryAdvice.Read(headers, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) =>
        BearerRequest.Create(HttpMethod.Get, At(target, "v1/models?page_size=1"), target);

    /// <inheritdoc/>
    public override HttpRequestMessage CreateModelList(UpstreamTarget target) =>
        BearerRequest.Create(HttpMethod.Get, At(target, "v1/models?page_size=1000"), target); // the most of a page

    // Rankings have Cohere's own form on the gateway too.
    private HttpRequestMessage PassOn(UpstreamTarget target, InferenceRequest request)
    {
        var message = BearerRequest.Create(HttpMethod.Post, At(target, "v2/rerank"), target);
        ReadOnlyMemory<byte>? model = target.UpstreamModel == request.Model ? default(ReadOnlyMemory<byte>?) : _tokens.For(target.UpstreamModel);
        message.Content = new PatchedContent(request, model, StreamOptionsPatch.None);
        return message;
    }

    private static Uri At(UpstreamTarget target, string path) => new(ApiRoots.Without(target.BaseUri, "v1", "v2"), path);
}
