using Orleans;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>What a provider says is left of one of its limits.</summary>
/// <param name="Limit">The limit; 0: it does not say.</param>
/// <param name="Remaining">What is left; at least 0.</param>
/// <param name="ResetsAt">When all of it is there again; <see langword="null"/>: it does not say.</param>
[GenerateSerializer, Immutable, Alias("pc.quota-amount")]
public readonly record struct QuotaAmount(
    [property: Id(0)] long Limit,
    [property: Id(1)] long Remaining,
    [property: Id(2)] DateTimeOffset? ResetsAt)
{
    /// <summary>Until when nothing is left; <see langword="null"/>: something is, or it is not known until when.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset? SpentUntil(DateTimeOffset now) => Remaining == 0 && ResetsAt > now ? ResetsAt : null;

    /// <summary>The share that is left, 0 to 1; 1 where it is not known or was reset since.</summary>
    /// <param name="now">The time.</param>
    public double Left(DateTimeOffset now) =>
        Limit <= 0 || ResetsAt is not { } reset || reset <= now ? 1 : Math.Clamp((double)Remaining / Limit, 0, 1);
}
