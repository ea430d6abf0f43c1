using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>How one attempt ended.</summary>
/// <param name="Outcome">Who is to blame, if anyone.</param>
/// <param name="Refusal">What the client sees if nobody else can help; <see langword="null"/>: it was answered, or has left.</param>
/// <param name="TryAnother">Whether another provider could do better. Never once the answer has begun.</param>
/// <param name="Latency">To the first token of a stream, else to the last byte.</param>
internal readonly record struct AttemptResult(AttemptOutcome Outcome, Refusal? Refusal, bool TryAnother, TimeSpan Latency)
{
    /// <summary>Of an answer that was translated or checked, and waits to be written.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Whether <see cref="Answer"/> is a stream's events: a whole answer, replayed for a client that asked for a stream.</summary>
    public bool IsReplayed { get; init; }

    /// <summary>The provider would not have this key, but has another one that is awake: it can be asked again.</summary>
    public bool HasAnotherKey { get; init; }

    /// <summary>The provider's own <c>Retry-After</c>; <see langword="null"/>: it gave none.</summary>
    public TimeSpan? Advised { get; init; }

    public static AttemptResult Failed(AttemptOutcome outcome, Refusal refusal, TimeSpan latency) => new(outcome, refusal, true, latency);
}
