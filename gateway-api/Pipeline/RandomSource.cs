namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Random numbers for all threads without a lock: SplitMix64 over one counter. Not for secrets.</summary>
internal sealed class RandomSource(long seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private long _state = seed;

    /// <summary>Uniform over all values.</summary>
    public ulong NextBits()
    {
        var z = (ulong)Interlocked.Add(ref _state, unchecked((long)Step));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));
}
