namespace ProxyCluster.Core.Batching;

/// <summary>How far requests are joined.</summary>
/// <param name="MaxItems">Requests in one call; at least 1.</param>
/// <param name="MaxPieces">Pieces of all requests of a call together; at least 1.</param>
/// <param name="MaxWeight">Weight of all requests of a call together; at least 1.</param>
/// <param name="MaxWait">The longest that a request waits for others; zero: it does not wait.</param>
/// <param name="MaxWaitShare">
/// How much a call may be lengthened by the wait before it: a request waits at most this share of the mean time of the
/// calls before. Above 0; <see cref="double.PositiveInfinity"/>: only <paramref name="MaxWait"/> counts.
/// </param>
public sealed record BatchLimits(int MaxItems, int MaxPieces, long MaxWeight, TimeSpan MaxWait, double MaxWaitShare)
{
    /// <summary>The defaults of SPEC section 6: 10 requests or 100 ms.</summary>
    public static BatchLimits Default { get; } = OfItems(10, TimeSpan.FromMilliseconds(100));

    /// <summary>Limits where only the number of requests and the wait count.</summary>
    /// <param name="maxItems">Requests in one call; at least 1.</param>
    /// <param name="maxWait">The longest wait.</param>
    public static BatchLimits OfItems(int maxItems, TimeSpan maxWait) =>
        new(maxItems, int.MaxValue, long.MaxValue, maxWait, double.PositiveInfinity);
}
