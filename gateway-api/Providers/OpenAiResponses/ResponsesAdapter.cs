using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>
/// Speaks Responses to a provider, whatever the client speaks: for models that have no Chat Completions. A client that
/// speaks Responses too gets the provider's bytes.
/// </summary>
internal sealed class ResponsesAdapter(TimeProvider clock) : ProviderAdapter
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private static readonly OpenAiDialect Dialect = new("openai-responses")
    {
        BaseUrl = "https://api.openai.com/v1",
        NeedsKey = false, // as with 'openai': it may be a server of the caller's own network
        HasResponses = true,
        Capabilities = ModelCapabilities.Chat | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json
            | ModelCapabilities.Streaming | ModelCapabilities.Responses,
    };

    private readonly OpenAiUris _uris = new(Dialect);
    private readonly ModelTokens _tokens = new();

    /// <inheritdoc/>
    public override string Type => Dialect.Type;

    /// <inheritdoc/>
    public override string? DefaultBaseUrl => Dialect.BaseUrl;

    /// <inheritdoc/>
    public override bool NeedsKey => Dialect.NeedsKey;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities => Dialect.Capabilities;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) => operation.IsChat();

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        request.IsNative = request.Operation == InferenceOperation.Responses;
        return request.IsNative ? Copy(target, request) : Translate(target, request);
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (request.IsNative)
        {
            return ResponsesAnswer.Check(request, body);
        }

        if (ResponsesAnswer.Read(body) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) => request.IsNative
        ? new ResponsesCopy(request)
        : new ResponsesDecoder(request.Dialect.CreateStream(request, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        OpenAiErrors.Read(status, headers, body, clock.GetUtcNow());

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) =>
        OpenAiMessage.Create(HttpMethod.Get, _uris.ForModels(target), Dialect, target);

    private UpstreamRequest Copy(UpstreamTarget target, InferenceRequest request)
    {
        var notes = new TranslationNotes();
        if (ResponsesHistory.HasForeignThoughts(request.Body.Span) && ResponsesHistory.Without(request.Body, target.UpstreamModel, notes) is { } content)
        {
            return new UpstreamRequest(CreateMessage(target, request, content), null, notes.ToHeader());
        }

        return CreateMessage(target, request, Patched(target, request));
    }

    private PatchedContent Patched(UpstreamTarget target, InferenceRequest request)
    {
        ReadOnlyMemory<byte>? token = target.UpstreamModel == request.Model ? default(ReadOnlyMemory<byte>?) : _tokens.For(target.UpstreamModel);
        return new PatchedContent(request, token, StreamOptionsPatch.None);
    }

    private UpstreamRequest Translate(UpstreamTarget target, InferenceRequest request)
    {
        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        if (ResponsesRequest.Write(target, request, body, notes) is { } refusal)
        {
            return refusal;
        }

        var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = Json;
        return new UpstreamRequest(CreateMessage(target, request, content), null, notes.ToHeader());
    }

    private HttpRequestMessage CreateMessage(UpstreamTarget target, InferenceRequest request, HttpContent content)
    {
        var message = OpenAiMessage.Create(HttpMethod.Post, _uris.ForResponses(target), Dialect, target);
        message.Headers.TryAddWithoutValidation("Accept", request.Stream ? "text/event-stream" : "application/json");
        message.Content = content;
        return message;
    }
}
