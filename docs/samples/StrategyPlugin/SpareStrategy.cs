using ProxyCluster.Extensions.Routing;

namespace Acme.Routing;

/// <summary>Keeps one provider as a spare: the others share the requests by what they have in flight, and it is asked only where each of them has enough to do.</summary>
public sealed class SpareStrategy(string spare, int enough) : RoutingStrategy
{
    /// <inheritdoc/>
    public override int Choose(in RoutingChoice choice)
    {
        var (chosen, leastInFlight, spareAt) = (-1, enough, 0);
        for (var i = 0; i < choice.Candidates.Length; i++)
        {
            ref readonly var candidate = ref choice.Candidates[i];
            if (candidate.Provider == spare)
            {
                spareAt = i;
            }
            else if (candidate.InFlight < leastInFlight)
            {
                (chosen, leastInFlight) = (i, candidate.InFlight);
            }
        }

        return chosen >= 0 ? chosen : spareAt;
    }
}
