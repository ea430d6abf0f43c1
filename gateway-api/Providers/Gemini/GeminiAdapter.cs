using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Speaks Google's <c>generateContent</c>. What becomes of each field of a request is told in
/// <c>docs/providers/gemini.md</c>. Platforms differ in their addresses, their credentials and their embeddings.
/// </summary>
internal abstract class GeminiAdapter(TimeProvider clock) : ProviderAdapter
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <inheritdoc/>
    public sealed override bool NeedsKey => true;

    /// <inheritdoc/>
    public sealed override ModelCapabilities Capabilities =>
        ModelCapabilities.Chat | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json | ModelCapabilities.Streaming
        | ModelCapabilities.Embeddings;

    /// <inheritdoc/>
    public sealed override bool Supports(InferenceOperation operation) => operation.IsChat() || operation == InferenceOperation.Embeddings;

    /// <inheritdoc/>
    public sealed override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        var (path, refusal) = request.Operation == InferenceOperation.Embeddings
            ? WriteEmbeddings(target, request, body, notes)
            : WriteChat(target, request, body, notes);
        if (refusal is not null)
        {
            return refusal;
        }

        var message = CreateMessage(HttpMethod.Post, path, target);
        message.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        message.Content.Headers.ContentType = Json;
        message.Headers.TryAddWithoutValidation("Accept", request.Stream ? "text/event-stream" : "application/json");
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public sealed override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (request.Operation == InferenceOperation.Embeddings)
        {
            return EmbeddingsAnswer.Translate(request, body, output);
        }

        if (GeminiAnswerReader.Read(body) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public sealed override StreamTranslator CreateStream(InferenceRequest request) =>
        new GeminiDecoder(request.Dialect.CreateStream(request, clock.GetUtcNow()));

    /// <inheritdoc/>
    public sealed override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        GeminiErrors.Read(status, headers, body, clock.GetUtcNow());

    /// <summary>Where a model is, without the method that is called on it.</summary>
    protected abstract string PathOf(UpstreamTarget target);

    /// <summary>The generation of the model that is asked.</summary>
    protected virtual GeminiVersion VersionOf(UpstreamTarget target) => GeminiVersion.Parse(target.UpstreamModel);

    /// <summary>Writes a request for embeddings.</summary>
    /// <returns>Where it goes.</returns>
    protected abstract string WriteEmbeddings(EmbeddingWish wish, UpstreamTarget target, IBufferWriter<byte> output);

    /// <summary>Puts the credentials on a request.</summary>
    protected abstract void Authorize(HttpRequestMessage message, Secret key);

    /// <summary>A request with credentials and the provider's own headers.</summary>
    protected HttpRequestMessage CreateMessage(HttpMethod method, string path, UpstreamTarget target)
    {
        var message = new HttpRequestMessage(method, new Uri(target.BaseUri, path));
        message.Headers.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        if (target.Key is { } key)
        {
            Authorize(message, key);
        }

        foreach (var header in target.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }

    private (string Path, Refusal? Refusal) WriteChat(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> body, TranslationNotes notes)
    {
        var reading = request.ReadConversation();
        var refusal = reading.Conversation is { } conversation
            ? GeminiRequest.Write(conversation, VersionOf(target), body, notes)
            : reading.Refusal;
        return (PathOf(target) + (request.Stream ? ":streamGenerateContent?alt=sse" : ":generateContent"), refusal);
    }

    private (string Path, Refusal? Refusal) WriteEmbeddings(UpstreamTarget target, InferenceRequest request, IBufferWriter<byte> body, TranslationNotes notes)
    {
        var (wish, refusal) = EmbeddingWish.Read(request.Body, notes);
        return wish is null ? ("", refusal) : (WriteEmbeddings(wish, target, body), null);
    }
}
