namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// Of two drawn by chance, the one with the smaller product of its peak-sensitive average time and its requests in flight
/// plus one: the time that one more request has to expect (power of two choices: Mitzenmacher 2001). Two and not all, so
/// that many gateways with the same figures do not all go to the same provider.
/// </summary>
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
        return own is null && inFlight == 0 ? 0 : (own ?? contest.LatencySeconds(rival) ?? 1) * (inFlight + 1);
    }
}
