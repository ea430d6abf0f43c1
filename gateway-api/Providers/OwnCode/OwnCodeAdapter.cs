using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>
/// Speaks to a provider by the code of an extension. That code takes the place of the connection: what it is asked goes
/// to <see cref="OwnCodeHandler"/> as an HTTP request does, and its answer comes back as a body of events, so that
/// time-outs, fallback and limits hold as they do for any provider. What becomes of each field of a request is told in
/// <c>docs/providers/own-code.md</c>.
/// </summary>
/// <param name="type">What the extension has registered.</param>
/// <param name="loggers">For the extension's own log, and for what is told of its failures.</param>
/// <param name="clock">For the times in answers.</param>
/// <param name="provider">The provider that is spoken to; <see langword="null"/>: this only makes the adapters of providers.</param>
internal sealed class OwnCodeAdapter(ProviderType type, ILoggerFactory loggers, TimeProvider clock, OwnCodeProvider? provider = null) : ProviderAdapter
{
    // Nothing is sent there: a request has to have an address.
    private const string NoAddress = "http://own-code.invalid";

    private readonly OwnCodeRequest _request = new(type);

    /// <inheritdoc/>
    public override string Type => type.Name;

    /// <inheritdoc/>
    public override string? DefaultBaseUrl => type.Options.NeedsBaseUrl ? null : NoAddress;

    /// <inheritdoc/>
    public override bool NeedsKey => type.Options.NeedsKey;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities => ModelCapabilities.Chat | ModelCapabilities.Streaming
        | CapabilityOf(ChatAbilities.Tools, ModelCapabilities.Tools)
        | CapabilityOf(ChatAbilities.Images, ModelCapabilities.Vision)
        | CapabilityOf(ChatAbilities.Json, ModelCapabilities.Json);

    /// <inheritdoc/>
    public override ProviderAdapter For(ProviderDefinition definition, ProviderHeaders headers) =>
        new OwnCodeAdapter(type, loggers, clock, new OwnCodeProvider(definition, () => headers.Values));

    /// <inheritdoc/>
    public override bool CanAdopt(ProviderDefinition before, ProviderDefinition after) =>
        before.Headers.SequenceEqual(after.Headers) && before.Organization == after.Organization && before.ApiVersion == after.ApiVersion;

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) => operation != InferenceOperation.CountTokens && operation.IsChat();

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (!Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        var notes = new TranslationNotes();
        return _request.Create(target.UpstreamModel, request, notes, out var chat) is { } refusal
            ? refusal
            : new UpstreamRequest(new OwnCodeCall(OwnCodeTask.Chat, target.Key, chat).ToMessage(target.BaseUri), null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        var folded = new FoldedAnswer();
        var pieces = new PieceReader(folded);
        if (!pieces.ReadAll(body.Span, output))
        {
            return new WholeAnswer(AnswerValidity.Invalid, pieces.Usage);
        }

        request.Dialect.WriteAnswer(folded.Answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, pieces.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) => new PieceReader(request.Dialect.CreateStream(request, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override EventReader CreateEventReader(int maxEventBytes) => new JsonLinesReader(maxEventBytes);

    /// <inheritdoc/>
    public override HttpMessageHandler Wrap(HttpMessageHandler handler) => provider is null ? handler : new OwnCodeHandler(handler, type, provider, loggers, clock);

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        StatusErrors.Of(status, StatusErrors.TextOf(body, "message"), RetryAdvice.Read(headers, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) => new OwnCodeCall(OwnCodeTask.Health, target.Key).ToMessage(target.BaseUri);

    /// <inheritdoc/>
    public override HttpRequestMessage CreateModelList(UpstreamTarget target) => new OwnCodeCall(OwnCodeTask.Models, target.Key).ToMessage(target.BaseUri);

    private ModelCapabilities CapabilityOf(ChatAbilities ability, ModelCapabilities capability) =>
        type.Options.Abilities.HasFlag(ability) ? capability : ModelCapabilities.None;
}
