using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>
/// Speaks Ollama's own API, which takes what its OpenAI-compatible one (type <c>ollama</c>) has no words for: the size
/// of the context, how long a model stays loaded, thinking. What becomes of each field of a request is told in
/// <c>docs/providers/ollama.md</c>.
/// </summary>
internal sealed class OllamaAdapter(TimeProvider clock) : ProviderAdapter
{
    /// <inheritdoc/>
    public override string Type => "ollama-native";

    /// <inheritdoc/>
    public override string DefaultBaseUrl => "http://127.0.0.1:11434";

    /// <inheritdoc/>
    public override bool NeedsKey => false;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities =>
        ModelCapabilities.Chat | ModelCapabilities.Embeddings | ModelCapabilities.Tools | ModelCapabilities.Vision
        | ModelCapabilities.Json | ModelCapabilities.Streaming;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) =>
        operation != InferenceOperation.CountTokens && (Capabilities & operation.Capability()) != 0;

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        var isChat = request.Operation.IsChat();
        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        var refusal = isChat ? OllamaRequest.Write(target, request, body, notes) : OllamaEmbeddings.Write(target, request, body, notes);
        if (refusal is not null)
        {
            return refusal;
        }

        var uri = At(target, isChat ? "api/chat" : "api/embed");
        var message = BearerRequest.Post(uri, target, body.WrittenMemory, request.Stream ? "application/x-ndjson" : "application/json");
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (request.Operation == InferenceOperation.Embeddings)
        {
            return OllamaEmbeddings.Translate(request, body, output);
        }

        if (OllamaAnswer.Read(body, clock.GetUtcNow()) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request)
    {
        var now = clock.GetUtcNow();
        return new OllamaStream(request.Dialect.CreateStream(request, now), now);
    }

    /// <inheritdoc/>
    public override EventReader CreateEventReader(int maxEventBytes) => new JsonLinesReader(maxEventBytes);

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        StatusErrors.Of(status, StatusErrors.TextOf(body, "error"), RetryAdvice.Read(headers, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) =>
        BearerRequest.Create(HttpMethod.Get, At(target, "api/tags"), target);

    private static Uri At(UpstreamTarget target, string path) => new(ApiRoots.Without(target.BaseUri, "api", "v1"), path);
}
