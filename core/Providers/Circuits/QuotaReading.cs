namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>What the headers of one answer say of the provider's limits.</summary>
/// <param name="Requests">Of requests; <see langword="null"/>: nothing.</param>
/// <param name="Tokens">Of tokens, the scarcest kind; <see langword="null"/>: nothing.</param>
public readonly record struct QuotaReading(QuotaAmount? Requests, QuotaAmount? Tokens)
{
    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => Requests is null && Tokens is null;

    /// <summary>Until when one of the limits is spent; <see langword="null"/>: none is.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset? SpentUntil(DateTimeOffset now)
    {
        var (requests, tokens) = (Requests?.SpentUntil(now), Tokens?.SpentUntil(now));
        return requests is null || tokens > requests ? tokens : requests;
    }

    /// <summary>The share that is left of the scarcer one, 0 to 1.</summary>
    /// <param name="now">The time.</param>
    public double Left(DateTimeOffset now) => Math.Min(Requests?.Left(now) ?? 1, Tokens?.Left(now) ?? 1);

    /// <summary>
    /// How long to stay away after a 429 that does not say: until what is spent is there again, else until the scarcer
    /// limit is; <see langword="null"/>: the headers do not tell.
    /// </summary>
    /// <param name="now">The time.</param>
    public TimeSpan? Advice(DateTimeOffset now)
    {
        var scarcer = (Tokens?.Left(now) ?? 1) < (Requests?.Left(now) ?? 1) ? Tokens : Requests ?? Tokens;
        return (SpentUntil(now) ?? scarcer?.ResetsAt) is { } until && until > now ? until - now : null;
    }
}
