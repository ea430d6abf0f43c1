namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// Of two drawn by chance, the one with the smaller peak-sensitive average time, lengthened by the share of its capacity
/// that is in use (power of two choices: Mitzenmacher 2001). Two and not all, so that many gateways with the same figures
/// do not all go to the same provider.
/// </summary>
/// <remarks>
/// The average times the requests in flight, as servers with one line are compared, would be wrong here: a provider works
/// on many requests at once, and an idle one that takes ten times as long would still get every fiftieth of them.
/// </remarks>
public sealed class LatencyStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly LatencyStrategy Instance = new();

    private LatencyStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "latency";

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        if (contest.Count == 1)
        {
            return 0;
        }

        // What the first draw leaves of the random number is as uniform as the whole.
        var drawn = contest.Random * contest.Count;
        var one = (int)drawn;
        var other = (one + 1 + (int)((drawn - one) * (contest.Count - 1))) % contest.Count;
        return Expected(contest, other, one) < Expected(contest, one, other) ? other : one;
    }

    // Who has no data is tried by one request at once, and is till then held to be as fast as the other.
    private static double Expected(in Contest contest, int place, int rival)
    {
        var inFlight = contest.InFlight(place);
        var own = contest.LatencySeconds(place);
        return own is null && inFlight == 0 ? 0 : (own ?? contest.LatencySeconds(rival) ?? 1) * (1 + ((double)inFlight / Math.Max(1, contest[place].Provider.MaxConcurrency)));
    }
}
