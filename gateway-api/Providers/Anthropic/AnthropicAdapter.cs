using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Speaks Anthropic's Messages API: to clients of it the bytes go through; what becomes of each field of other clients'
/// requests is told in <c>docs/providers/anthropic.md</c>.
/// </summary>
internal sealed class AnthropicAdapter(TimeProvider clock) : ProviderAdapter
{
    private const string DefaultVersion = "2023-06-01";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ModelTokens _tokens = new();

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
    public override bool Supports(InferenceOperation operation) => operation.IsChat() || operation == InferenceOperation.CountTokens;

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        var path = request.Operation == InferenceOperation.CountTokens ? "messages/count_tokens" : "messages";
        var message = CreateMessage(HttpMethod.Post, path, target, request.Headers);
        message.Headers.TryAddWithoutValidation("Accept", request.Stream ? "text/event-stream" : "application/json");
        if (IsCopied(request))
        {
            var left = new TranslationNotes(request.Headers.Warnings);
            message.Content = CopyOf(target, request, left);
            return new UpstreamRequest(message, null, left.ToHeader());
        }

        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        if (AnthropicRequest.Write(target, request, body, notes) is { } refusal)
        {
            message.Dispose();
            return refusal;
        }

        message.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        message.Content.Headers.ContentType = Json;
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (IsCopied(request))
        {
            return request.Operation == InferenceOperation.CountTokens ? AnthropicCheck.Count(body.Span) : AnthropicCheck.Message(body.Span);
        }

        if (AnthropicAnswer.Read(body) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) => IsCopied(request)
        ? new AnthropicCopy()
        : new AnthropicDecoder(request.Dialect.CreateStream(request, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        AnthropicErrors.Read(status, headers, body, clock.GetUtcNow());

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) => CreateMessage(HttpMethod.Get, "models?limit=1", target, DialectHeaders.None);

    // A client of the same dialect: bytes go through, the model's name patched.
    private static bool IsCopied(InferenceRequest request) => request.Operation is InferenceOperation.Messages or InferenceOperation.CountTokens;

    private HttpContent CopyOf(UpstreamTarget target, InferenceRequest request, TranslationNotes notes)
    {
        if (AnthropicHistory.HasForeignThoughts(request.Body.Span) && AnthropicHistory.Without(request.Body, target.UpstreamModel, notes) is { } content)
        {
            return content;
        }

        ReadOnlyMemory<byte>? token = target.UpstreamModel == request.Model ? default(ReadOnlyMemory<byte>?) : _tokens.For(target.UpstreamModel);
        return new PatchedContent(request, token, StreamOptionsPatch.None);
    }

    private static HttpRequestMessage CreateMessage(HttpMethod method, string path, UpstreamTarget target, DialectHeaders client)
    {
        var message = new HttpRequestMessage(method, new Uri(target.BaseUri, path));
        message.Headers.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        message.Headers.TryAddWithoutValidation(MessagesHeaders.Version, VersionFor(target, client));
        foreach (var (name, value) in client.PassedOn.Where(static header => header.Key != MessagesHeaders.Version))
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (target.Key is { } key)
        {
            message.Headers.TryAddWithoutValidation("x-api-key", key.Reveal());
        }

        foreach (var header in target.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }

    private static string VersionFor(UpstreamTarget target, DialectHeaders client) =>
        target.Definition.ApiVersion ?? client.PassedOn.FirstOrDefault(static header => header.Key == MessagesHeaders.Version).Value ?? DefaultVersion;
}
