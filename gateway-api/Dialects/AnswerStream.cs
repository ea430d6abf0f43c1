using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>
/// Writes one streamed answer in a client's dialect, piece by piece, as whole framed events. Parameters named
/// <c>json</c> are JSON strings with their quotes, escaped as the provider sent them, so that text is copied and never
/// decoded. Not thread-safe; made for one stream.
/// </summary>
/// <remarks>
/// Order: <see cref="Begin"/> once, then any pieces, then <see cref="Finish"/> once, then <see cref="End"/> once.
/// Events of a provider that come out of order are its translator's to refuse.
/// </remarks>
internal abstract class AnswerStream
{
    /// <summary>Takes the events; set before each call.</summary>
    public IBufferWriter<byte> Output { protected get; set; } = null!;

    /// <summary>What the answer cost in US dollars, told beside usage; set before <see cref="End"/>. <see langword="null"/>: not known.</summary>
    public decimal? CostDollars { protected get; set; }

    /// <summary>Begins the answer.</summary>
    /// <param name="idJson">The provider's id; empty: one is made.</param>
    /// <param name="modelJson">The model that answers; empty: the one that was asked for.</param>
    public abstract void Begin(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson);

    /// <summary>More text of the answer.</summary>
    public abstract void Text(ReadOnlySpan<byte> json);

    /// <summary>More of the model's thoughts.</summary>
    public abstract void Reasoning(ReadOnlySpan<byte> json);

    /// <summary>What the provider wants back with the thoughts that came so far.</summary>
    public virtual void ReasoningSignature(ReadOnlySpan<byte> json)
    {
    }

    /// <summary>A thought that is only there as the provider's encrypted data, whole.</summary>
    public virtual void RedactedReasoning(ReadOnlySpan<byte> json)
    {
    }

    /// <summary>More of the reason why the model will not answer.</summary>
    public abstract void Refusal(ReadOnlySpan<byte> json);

    /// <summary>What the provider wants back with the call that begins next, in dialects that keep such with a call.</summary>
    public virtual void CallSignature(ReadOnlySpan<byte> json)
    {
    }

    /// <summary>Begins a call. Calls are numbered from 0 in the order in which they begin.</summary>
    public abstract void BeginCall(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> nameJson);

    /// <summary>More of a call's arguments: a piece of JSON text as a JSON string.</summary>
    /// <param name="call">The call's number.</param>
    /// <param name="json">The piece.</param>
    public abstract void Arguments(int call, ReadOnlySpan<byte> json);

    /// <summary>All has been said.</summary>
    /// <param name="reason">Why it ends.</param>
    /// <param name="stopSequence">The sequence that ended it; <see langword="null"/>: none, or not told.</param>
    public abstract void Finish(FinishReason reason, string? stopSequence = null);

    /// <summary>Ends the stream.</summary>
    /// <param name="usage">Tokens billed; <see langword="null"/>: not told.</param>
    public abstract void End(TokenUsage? usage);

    /// <summary>The stream has broken: tells the client so in events of its own, if the dialect has them.</summary>
    /// <param name="refusal">What the client is told.</param>
    /// <returns><see langword="false"/>: nothing was written, and the dialect's plain error event is to follow.</returns>
    public virtual bool Fail(Refusal refusal) => false;
}
