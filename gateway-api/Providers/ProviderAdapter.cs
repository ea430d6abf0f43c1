using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// Turns requests in OpenAI's form into one provider's own, and its answers back. One instance serves all providers of
/// a type, unless <see cref="For"/> says otherwise: it holds no state of a request.
/// </summary>
internal abstract class ProviderAdapter
{
    /// <summary>The name in configuration (<c>Type</c>).</summary>
    public abstract string Type { get; }

    /// <summary>The base URL where configuration gives none; <see langword="null"/>: one must be given.</summary>
    public abstract string? DefaultBaseUrl { get; }

    /// <summary>Whether a provider of this type cannot work without a key.</summary>
    public abstract bool NeedsKey { get; }

    /// <summary>The adapter for one provider; another one than this where the provider's definition says how it is spoken to.</summary>
    /// <param name="definition">Of this type.</param>
    /// <param name="headers">Its headers as they are sent now, for what sends them by itself: secrets in them are renewed.</param>
    public virtual ProviderAdapter For(ProviderDefinition definition, ProviderHeaders headers) => this;

    /// <summary>Whether connections that were made for a definition can go on for a changed one, as far as the adapter depends on it.</summary>
    public virtual bool CanAdopt(ProviderDefinition before, ProviderDefinition after) => true;

    /// <summary>Whether requests of this kind can be sent at all.</summary>
    public abstract bool Supports(InferenceOperation operation);

    /// <summary>What any model behind this adapter can do at most; an entry's own capabilities are cut to it.</summary>
    public virtual ModelCapabilities Capabilities => ModelDefinition.DefaultCapabilities;

    /// <summary>What any model of one provider can do at most, where its definition narrows what the type can.</summary>
    /// <param name="definition">Of this type; it may come from a newer process, and so hold what this one cannot read.</param>
    public virtual ModelCapabilities CapabilitiesOf(ProviderDefinition definition) => Capabilities;

    /// <summary>Whether the provider's key may be sent to an address: to the base URL's host, unless the provider has more of them.</summary>
    /// <param name="baseUri">Where the provider's API begins.</param>
    /// <param name="address">Where a request is to go.</param>
    public virtual bool IsOwnAddress(Uri baseUri, Uri address) =>
        address.Port == baseUri.Port && address.Scheme == baseUri.Scheme && string.Equals(address.Host, baseUri.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>How many inputs a request for embeddings may have at most, where the provider has such a limit; it is never exceeded by joining.</summary>
    /// <param name="upstreamModel">The model's name as the provider knows it.</param>
    public virtual int MostEmbeddingInputs(string upstreamModel) => int.MaxValue;

    /// <summary>The request to send, credentials included, or why it cannot be sent to this provider.</summary>
    public abstract UpstreamRequest CreateRequest(UpstreamTarget target, InferenceRequest request);

    /// <summary>Turns a whole answer of status 200 into the client's form.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="body">The provider's whole answer.</param>
    /// <param name="output">Takes the answer for the client; nothing is written when the answer is to be copied as it is.</param>
    public abstract WholeAnswer ReadAnswer(InferenceRequest request, ReadOnlyMemory<byte> body, IBufferWriter<byte> output);

    /// <summary>A translator for one stream.</summary>
    public abstract StreamTranslator CreateStream(InferenceRequest request);

    /// <summary>Puts what a provider needs around the sending of each request, such as an exchange of credentials.</summary>
    /// <param name="handler">Sends; disposed of by what is given back.</param>
    public virtual HttpMessageHandler Wrap(HttpMessageHandler handler) => handler;

    /// <summary>Finds the events in a streamed answer; server-sent events unless the provider frames them in another way.</summary>
    /// <param name="maxEventBytes">The largest event that is taken.</param>
    public virtual EventReader CreateEventReader(int maxEventBytes) => new SseReader(maxEventBytes);

    /// <summary>What an answer with an error status means.</summary>
    /// <param name="status">The provider's status, 400 or above.</param>
    /// <param name="headers">The provider's headers, for retry advice.</param>
    /// <param name="body">The beginning of its body, at most 64 KiB.</param>
    public abstract UpstreamError ReadError(int status, System.Net.Http.Headers.HttpResponseHeaders headers, ReadOnlySpan<byte> body);

    /// <summary>A cheap request that shows whether the provider answers and takes our key: its list of models.</summary>
    public abstract HttpRequestMessage CreateHealthCheck(UpstreamTarget target);

    /// <summary>A request for all models that the provider has, in one page.</summary>
    public virtual HttpRequestMessage CreateModelList(UpstreamTarget target) => CreateHealthCheck(target);
}

/// <summary>A request for a provider, or why there is none.</summary>
/// <param name="Message">What to send; the caller disposes of it.</param>
/// <param name="Refusal">Why this provider cannot be asked; <see langword="null"/>: it can.</param>
/// <param name="Warnings">Fields that were dropped, for <c>x-proxy-warning</c>; <see langword="null"/>: none.</param>
internal readonly record struct UpstreamRequest(HttpRequestMessage? Message, Refusal? Refusal, string? Warnings)
{
    public static implicit operator UpstreamRequest(HttpRequestMessage message) => new(message, null, null);

    public static implicit operator UpstreamRequest(Refusal refusal) => new(null, refusal, null);
}

/// <summary>What a whole answer holds.</summary>
/// <param name="Validity">Whether it is an answer.</param>
/// <param name="Usage">Tokens billed; <see langword="null"/>: the provider did not say.</param>
internal readonly record struct WholeAnswer(AnswerValidity Validity, TokenUsage? Usage);

/// <summary>Whether a provider's body is an answer, and how it reaches the client.</summary>
internal enum AnswerValidity
{
    /// <summary>Copied to the client byte for byte.</summary>
    Verbatim = 0,

    /// <summary>Translated into the output.</summary>
    Translated = 1,

    /// <summary>Not an answer: HTML, half a JSON, empty, an error with status 200.</summary>
    Invalid = 2,
}

/// <summary>What a provider's error means for the attempt and for the client.</summary>
/// <param name="Outcome">Who is to blame.</param>
/// <param name="Refusal">What the client sees when no other provider can help.</param>
/// <param name="TryAnother">Whether another provider could do better.</param>
/// <param name="RetryAfter">The provider's own advice; <see langword="null"/>: none.</param>
internal readonly record struct UpstreamError(AttemptOutcome Outcome, Refusal Refusal, bool TryAnother, TimeSpan? RetryAfter);
