using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Speaks to servers of the clients' own dialect: the bytes go through, the model's name and the wish for usage patched.</summary>
internal sealed class OpenAiAdapter(OpenAiDialect dialect, TimeProvider clock) : ProviderAdapter
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly OpenAiUris _uris = new(dialect);
    private readonly ModelTokens _tokens = new();

    /// <inheritdoc/>
    public override string Type => dialect.Type;

    /// <inheritdoc/>
    public override string? DefaultBaseUrl => dialect.BaseUrl;

    /// <inheritdoc/>
    public override bool NeedsKey => dialect.NeedsKey;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities => dialect.Capabilities;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) =>
        operation != InferenceOperation.CountTokens && (dialect.Capabilities & operation.Capability()) != 0;

    /// <inheritdoc/>
    public override int MostEmbeddingInputs(string upstreamModel) => dialect.MostEmbeddingInputs;

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        request.IsNative = request.Operation == InferenceOperation.Responses && dialect.SpeaksResponses(target);
        var uri = request.IsNative ? _uris.ForResponses(target) : _uris.For(target, request.Operation);
        var message = OpenAiMessage.Create(HttpMethod.Post, uri, dialect, target);
        message.Headers.TryAddWithoutValidation("Accept", Accepted(request));
        if (IsTranslated(request))
        {
            return Translate(target, request, message);
        }

        if (request.Operation == InferenceOperation.ChatCompletions && QuirkedBody.IsNeeded(dialect.At(target.BaseUri), target.UpstreamModel, request.Body.Span))
        {
            return FillQuirked(message, target, request.Body, new TranslationNotes());
        }

        if (request.IsNative && ResponsesHistory.HasForeignThoughts(request.Body.Span))
        {
            var notes = new TranslationNotes();
            if (ResponsesHistory.Without(request.Body, target.UpstreamModel, notes) is { } content)
            {
                message.Content = content;
                return new UpstreamRequest(message, null, notes.ToHeader());
            }
        }

        message.Content = new PatchedContent(request, ModelPatch(target, request), OptionsPatch(request));
        return message;
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (request.IsNative)
        {
            return ResponsesAnswer.Check(request, body);
        }

        var answer = OpenAiAnswer.Read(request.Operation, body.Span);
        if (!answer.IsValid)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        if (IsTranslated(request))
        {
            return Translate(request, body, answer.Usage, output);
        }

        if (!answer.HasContentParts)
        {
            return new WholeAnswer(AnswerValidity.Verbatim, answer.Usage);
        }

        try
        {
            OpenAiRepair.RepairAnswer(body.Span, output);
            return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
        }
        catch (InvalidOperationException)
        {
            return new WholeAnswer(AnswerValidity.Invalid, answer.Usage);
        }
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) => request.IsNative ? new ResponsesCopy(request)
        : IsTranslated(request) ? new OpenAiDecoder(request.Dialect.CreateStream(request, clock.GetUtcNow()))
        : new OpenAiStream(request);

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        OpenAiErrors.Read(status, headers, body, clock.GetUtcNow());

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) =>
        OpenAiMessage.Create(HttpMethod.Get, _uris.ForModels(target), dialect, target);

    // A client that speaks another dialect: its request is written anew, and so is the answer.
    private static bool IsTranslated(InferenceRequest request) =>
        !request.IsNative && request.Operation.IsChat() && request.Operation != InferenceOperation.ChatCompletions;

    private UpstreamRequest Translate(UpstreamTarget target, InferenceRequest request, HttpRequestMessage message)
    {
        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        if (OpenAiChatRequest.Write(target, dialect, request, body, notes) is { } refusal)
        {
            message.Dispose();
            return refusal;
        }

        return QuirkedBody.IsNeeded(dialect, target.UpstreamModel, body.WrittenSpan)
            ? FillQuirked(message, target, body.WrittenMemory, notes)
            : Fill(message, body.WrittenMemory, notes);
    }

    private UpstreamRequest FillQuirked(HttpRequestMessage message, UpstreamTarget target, ReadOnlyMemory<byte> body, TranslationNotes notes)
    {
        var quirked = new ArrayBufferWriter<byte>(body.Length + 64);
        if (new QuirkedBody(dialect, target.UpstreamModel, notes).Write(body, quirked) is { } refusal)
        {
            message.Dispose();
            return refusal;
        }

        return Fill(message, quirked.WrittenMemory, notes);
    }

    private static UpstreamRequest Fill(HttpRequestMessage message, ReadOnlyMemory<byte> body, TranslationNotes notes)
    {
        message.Content = new ReadOnlyMemoryContent(body);
        message.Content.Headers.ContentType = Json;
        return new UpstreamRequest(message, null, notes.ToHeader());
    }

    private WholeAnswer Translate(InferenceRequest request, ReadOnlyMemory<byte> body, TokenUsage? usage, IBufferWriter<byte> output)
    {
        if (OpenAiAnswerReader.Read(body, usage) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, usage);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, usage);
    }

    private static string Accepted(InferenceRequest request) =>
        request.Operation.IsPassThrough() ? "*/*" : request.Stream ? "text/event-stream" : "application/json";

    private ReadOnlyMemory<byte>? ModelPatch(UpstreamTarget target, InferenceRequest request)
    {
        if (target.UpstreamModel == request.Model || request.ModelToken.Equals(default))
        {
            return null;
        }

        return request.Operation.IsForm() ? Encoding.UTF8.GetBytes(target.UpstreamModel) : _tokens.For(target.UpstreamModel);
    }

    private StreamOptionsPatch OptionsPatch(InferenceRequest request)
    {
        // In native Responses usage is always told, and the options are others.
        if (request.Operation.IsPassThrough() || request.IsNative)
        {
            return StreamOptionsPatch.None;
        }

        if (!dialect.TakesStreamOptions)
        {
            return StreamOptionsPatch.LeaveOut;
        }

        return request.Stream ? StreamOptionsPatch.AskUsage : StreamOptionsPatch.None;
    }
}
