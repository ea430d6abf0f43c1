using ProxyCluster.Core.Batching;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>Splits the tokens that were billed for a joined call, each bucket by itself, so that prices find their shares too.</summary>
internal static class UsageShares
{
    /// <summary>The shares, in the order of the weights; <see langword="null"/>: nothing was told.</summary>
    /// <param name="usage">Of the whole call.</param>
    /// <param name="weights">Of the callers.</param>
    public static TokenUsage[]? Of(TokenUsage? usage, ReadOnlySpan<long> weights)
    {
        if (usage is not { } whole)
        {
            return null;
        }

        var input = Split(whole.UncachedInput, weights);
        var read = Split(whole.CacheRead, weights);
        var written = Split(whole.CacheWrite, weights);
        var output = Split(whole.Output, weights);
        var reasoning = Split(whole.Reasoning, weights);
        return [.. Enumerable.Range(0, weights.Length).Select(i => new TokenUsage(input[i], read[i], written[i], output[i], reasoning[i]))];
    }

    private static long[] Split(long total, ReadOnlySpan<long> weights)
    {
        var shares = new long[weights.Length];
        Shares.Split(Math.Max(0, total), weights, shares);
        return shares;
    }
}
