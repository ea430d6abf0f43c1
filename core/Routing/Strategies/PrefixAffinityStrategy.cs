namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// The same beginning of a tenant's conversation goes to the same provider, so that its prompt cache hits: rendezvous
/// hashing (Thaler and Ravishankar 1998), so that a provider that comes or goes moves no conversation but its own; with
/// bounded loads (Mirrokni, Thorup and Zadimoghaddam 2018), so that one busy conversation floods nobody. Requests without a
/// conversation go by the score.
/// </summary>
public sealed class PrefixAffinityStrategy : IRoutingStrategy
{
    /// <summary>How many times the mean a provider may have in flight.</summary>
    public const double LoadFactor = 1.25;

    /// <summary>A provider may always have this many requests in flight: with little to do, affinity is worth more than balance.</summary>
    public const int LeastBound = 8;

    /// <summary>The one there is.</summary>
    public static readonly PrefixAffinityStrategy Instance = new();

    private PrefixAffinityStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "prefix_affinity";

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        if (contest.Request.Prefix is not { } prefix)
        {
            return IntelligentStrategy.Instance.Choose(contest);
        }

        long inFlight = 1; // this request
        for (var i = 0; i < contest.Count; i++)
        {
            inFlight += contest.InFlight(i);
        }

        // Some contender is below the mean, so that there is always one within the bound.
        var bound = Math.Max(LeastBound, Math.Ceiling(LoadFactor * inFlight / contest.Count));
        var (best, bestHash) = (-1, 0UL);
        for (var i = 0; i < contest.Count; i++)
        {
            var hash = Dice.Mix(prefix ^ contest[i].Hash);
            if (contest.InFlight(i) < bound && (best < 0 || hash > bestHash))
            {
                (best, bestHash) = (i, hash);
            }
        }

        return best;
    }
}
