using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Speaks Anthropic's Messages API. What becomes of each field of a request is told in <c>docs/providers/anthropic.md</c>.
/// </summary>
internal sealed class AnthropicAdapter(TimeProvider clock) : ProviderAdapter
{
    private const string DefaultVersion = "2023-06-01";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <inheritdoc/>
    public override string Type => "anthropic";

    /// <inheritdoc/>
    public override string DefaultBaseUrl => "https://api.anthropic.com/v1";

    /// <inheritdoc/>
    public override bool NeedsKey => true;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities =>
        ModelCapabilities.Chat | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json | ModelCapabilities.Streaming;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) => operation.IsChat();

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        if (AnthropicRequest.Write(target, request, body, notes) is { } refusal)
        {
            return refusal;
        }

        var message = CreateMessage(HttpMethod.Post, "messages", target);
        message.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        message.Content.Headers.ContentType = Json;
        message.Headers.TryAddWithoutValidation("Accept", request.Stream ? "text/event-stream" : "application/json");
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (AnthropicAnswer.Read(body) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) => new AnthropicDecoder(request.Dialect.CreateStream(request, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        AnthropicErrors.Read(status, headers, body, clock.GetUtcNow());

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) => CreateMessage(HttpMethod.Get, "models?limit=1", target);

    private static HttpRequestMessage CreateMessage(HttpMethod method, string path, UpstreamTarget target)
    {
        var message = new HttpRequestMessage(method, new Uri(target.BaseUri, path));
        message.Headers.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        message.Headers.TryAddWithoutValidation("anthropic-version", target.Definition.ApiVersion ?? DefaultVersion);
        if (target.Key is { } key)
        {
            message.Headers.TryAddWithoutValidation("x-api-key", key.Reveal());
        }

        foreach (var header in target.Definition.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }
}
