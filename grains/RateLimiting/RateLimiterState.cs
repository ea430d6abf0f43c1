namespace ProxyCluster.Grains.RateLimiting;

/// <summary>What is stored of one subject's limits.</summary>
[GenerateSerializer, Alias("pc.rate-limiter-state")]
internal sealed class RateLimiterState
{
    /// <summary>The lease book in its own, versioned layout; empty: nothing was ever asked.</summary>
    [Id(0)]
    public byte[] Book { get; set; } = [];

    /// <summary>Until when gateways may have requests in flight by a lease, Unix milliseconds; 0: none has.</summary>
    [Id(1)]
    public long SlotsUntil { get; set; }
}
