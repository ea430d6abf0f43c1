using System.Buffers;
using System.Net.Http.Headers;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>
/// Speaks to a provider as its definition describes it: a template for requests, paths for answers and streams. What
/// becomes of each field of a request is told in <c>docs/providers/custom.md</c>.
/// </summary>
/// <param name="clock">For the times in answers.</param>
/// <param name="shape">What one provider looks like; <see langword="null"/>: this only makes the adapters of providers.</param>
internal sealed class CustomAdapter(TimeProvider clock, CustomShape? shape = null) : ProviderAdapter
{
    private static readonly CustomMapping Usual = new CustomOptions().ToMapping();

    private readonly CustomRequest? _request = shape is null ? null : new(shape);

    /// <inheritdoc/>
    public override string Type => CustomRules.Type;

    /// <inheritdoc/>
    public override string? DefaultBaseUrl => null;

    /// <inheritdoc/>
    public override bool NeedsKey => false;

    /// <inheritdoc/>
    public override ModelCapabilities Capabilities => shape?.Capabilities
        ?? (ModelCapabilities.Chat | ModelCapabilities.Completions | ModelCapabilities.Tools | ModelCapabilities.Vision | ModelCapabilities.Json | ModelCapabilities.Streaming);

    /// <summary>The adapter for one provider.</summary>
    /// <param name="definition">Of this type.</param>
    public CustomAdapter For(ProviderDefinition definition) => new(clock, new CustomShape(definition.Custom ?? Usual));

    private CustomShape Shape => shape ?? throw new InvalidOperationException("The adapter of a type is asked for what only a provider's can do.");

    /// <inheritdoc/>
    public override ProviderAdapter For(ProviderDefinition definition, ProviderHeaders headers) => For(definition);

    /// <inheritdoc/>
    public override ModelCapabilities CapabilitiesOf(ProviderDefinition definition)
    {
        try
        {
            return For(definition).Capabilities;
        }
        catch (FormatException)
        {
            return ModelCapabilities.None;
        }
    }

    /// <inheritdoc/>
    public override bool Supports(InferenceOperation operation) =>
        (operation == InferenceOperation.Completions || operation.IsChat()) && (Capabilities & operation.Capability()) != 0;

    /// <inheritdoc/>
    public override UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request)
    {
        if (_request is null || !Supports(request.Operation))
        {
            return Refusals.CapabilityNotSupported(request.Model, "this route");
        }

        var body = new ArrayBufferWriter<byte>(request.Body.Length + 512);
        var notes = new TranslationNotes();
        if (_request.Write(target, request, body, notes) is { } refusal)
        {
            return refusal;
        }

        var route = request.Operation == InferenceOperation.Completions ? Shape.Mapping.CompletionPath! : Shape.Mapping.ChatPath!;
        var path = route.Replace("{{model}}", Uri.EscapeDataString(target.UpstreamModel), StringComparison.Ordinal);
        var accepted = !request.Stream ? "application/json" : IsLines ? "application/x-ndjson" : "text/event-stream";
        var message = BearerRequest.Post(At(target, path), WithoutOwnKey(target), body.WrittenMemory, accepted);
        return new UpstreamRequest(AddKey(message, target), null, notes.ToHeader());
    }

    /// <inheritdoc/>
    public override WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        if (CustomAnswer.Read(Shape, body) is not { } answer)
        {
            return new WholeAnswer(AnswerValidity.Invalid, null);
        }

        request.Dialect.WriteAnswer(answer, request, clock.GetUtcNow(), output);
        return new WholeAnswer(AnswerValidity.Translated, answer.Usage);
    }

    /// <inheritdoc/>
    public override StreamTranslator CreateStream(InferenceRequest request) =>
        new CustomStream(request.Dialect.CreateStream(request, clock.GetUtcNow()), Shape, Shape.Event ?? Shape.Answer);

    /// <inheritdoc/>
    public override EventReader CreateEventReader(int maxEventBytes) =>
        IsLines ? new JsonLinesReader(maxEventBytes) : new SseReader(maxEventBytes);

    /// <inheritdoc/>
    public override UpstreamError ReadError(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        StatusErrors.Of(status, CustomAnswer.ErrorIn(Shape, body), RetryAdvice.Read(headers, clock.GetUtcNow()));

    /// <inheritdoc/>
    public override HttpRequestMessage CreateHealthCheck(UpstreamTarget target) => Get(target, Shape.Mapping.HealthPath);

    /// <inheritdoc/>
    public override HttpRequestMessage CreateModelList(UpstreamTarget target) => Get(target, Shape.Mapping.ModelsPath);

    private bool IsLines => Shape.Mapping.Stream is { IsLines: true };

    private HttpRequestMessage Get(UpstreamTarget target, string path) =>
        AddKey(BearerRequest.Create(HttpMethod.Get, At(target, path), WithoutOwnKey(target)), target);

    // A key in a header of its own is not a bearer.
    private UpstreamTarget WithoutOwnKey(UpstreamTarget target) => Shape.Mapping.KeyHeader is null ? target : target with { Key = null };

    private HttpRequestMessage AddKey(HttpRequestMessage message, UpstreamTarget target)
    {
        if (Shape.Mapping.KeyHeader is { } header && target.Key is { } key)
        {
            message.Headers.TryAddWithoutValidation(header, key.Reveal());
        }

        return message;
    }

    // As text: in a path such as 'models/m:generate' a colon would make a scheme of what is before it.
    private static Uri At(UpstreamTarget target, string path) => new(target.BaseUri.AbsoluteUri + path.TrimStart('/'));
}
