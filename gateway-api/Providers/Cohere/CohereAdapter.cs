using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>
/// Speaks the second version of Cohere's API. What becomes of each field of a request is told in
/// <c>docs/providers/cohere.md</c>.
/// </summary>
internal sealed class CohereAdapter(TimeProvider clock) : ProviderAdapter
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

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
    public override bool Supports(InferenceOperation operation) => (Capabilities & operation.Capability()) != 0;

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

        var message = CreateMessage(HttpMethod.Post, isChat ? "v2/chat" : "v2/embed", target);
        message.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        message.Content.Headers.ContentType = Json;
        message.Headers.TryAddWithoutValidation("Accept", request.Stream ? "text/event-stream" : "application/json");
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
        StatusErrors.Of(status, CohereErrors.MessageOf(body), RetryAdvice.Read(headers, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) => CreateMessage(HttpMethod.Get, "v1/models?page_size=1", target);

    // Rankings have Cohere's own form on the gateway too.
    private HttpRequestMessage PassOn(UpstreamTarget target, InferenceRequest request)
    {
        var message = CreateMessage(HttpMethod.Post, "v2/rerank", target);
        ReadOnlyMemory<byte>? model = target.UpstreamModel == request.Model ? default(ReadOnlyMemory<byte>?) : _tokens.For(target.UpstreamModel);
        message.Content = new PatchedContent(request, model, StreamOptionsPatch.None);
        return message;
    }

    private static HttpRequestMessage CreateMessage(HttpMethod method, string path, UpstreamTarget target)
    {
        var message = new HttpRequestMessage(method, new Uri(ApiRoots.Without(target.BaseUri, "v1", "v2"), path));
        message.Headers.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        if (target.Key is { } key)
        {
            message.Headers.TryAddWithoutValidation("Authorization", key.RevealAsBearer());
        }

        foreach (var header in target.Definition.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }
}
