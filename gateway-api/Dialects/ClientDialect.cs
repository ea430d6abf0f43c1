using System.Buffers;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>How one family of clients speaks. Holds no state of a request.</summary>
internal abstract class ClientDialect
{
    /// <summary>A second name under which clients look for the request's id, beside <c>x-request-id</c>; <see langword="null"/>: none.</summary>
    public virtual string? RequestIdHeader => null;

    /// <summary>Reads a request that is to be translated.</summary>
    /// <param name="body">One JSON object, UTF-8, already scanned.</param>
    public abstract ConversationReading Read(ReadOnlyMemory<byte> body);

    /// <summary>What of a request's headers may go on to a provider of the same dialect.</summary>
    public virtual DialectHeaders ReadHeaders(IHeaderDictionary headers) => DialectHeaders.None;

    /// <summary>Writes a whole answer.</summary>
    public abstract void WriteAnswer(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output);

    /// <summary>Writes a whole answer as the stream that it would have been, up to <see cref="StreamEnd"/>.</summary>
    /// <param name="answer">One JSON object of this dialect.</param>
    /// <param name="request">What the client asked.</param>
    /// <param name="output">Takes whole framed events.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no answer.</exception>
    /// <exception cref="InvalidOperationException">A member of it is of another kind than it should be.</exception>
    /// <returns><see langword="false"/>: it is no answer, or the dialect has no streams.</returns>
    public virtual bool Replay(ReadOnlySpan<byte> answer, InferenceRequest request, IBufferWriter<byte> output) => false;

    /// <summary>A writer for one streamed answer.</summary>
    public abstract AnswerStream CreateStream(InferenceRequest request, DateTimeOffset now);

    /// <summary>Tells a client how it stands against its limits; nothing where no limit applies.</summary>
    public virtual void WriteLimits(IHeaderDictionary headers, in LimitDecision decision, TimeProvider clock) => RateLimitHeaders.Write(headers, decision);

    /// <summary>Tells a client how it stands against its limits on tokens.</summary>
    public virtual void WriteTokenLimits(IHeaderDictionary headers, in TokenStanding standing, TimeProvider clock) => TokenLimitHeaders.Write(headers, standing);

    /// <summary>The status that a refusal is answered with.</summary>
    public virtual int StatusOf(Refusal refusal) => refusal.Status;

    /// <summary>Writes the body of an answer with an error status.</summary>
    public abstract void WriteError(Refusal refusal, string requestId, IBufferWriter<byte> output);

    /// <summary>Writes the event that tells a client in the middle of a stream that it has broken.</summary>
    public abstract void WriteStreamError(Refusal refusal, string requestId, IBufferWriter<byte> output);

    /// <summary>What ends a stream that came to its end; empty: nothing more.</summary>
    public virtual ReadOnlyMemory<byte> StreamEnd => default;

    /// <summary>What keeps a silent stream's connections open.</summary>
    public virtual ReadOnlyMemory<byte> Ping { get; } = ": ping\n\n"u8.ToArray();
}
