namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>Who has the fewest requests in flight; among equals by priority, then by weight.</summary>
public sealed class LeastConnectionsStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly LeastConnectionsStrategy Instance = new();

    private LeastConnectionsStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "least_connections";

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        for (var i = 0; i < contest.Count; i++)
        {
            contest.Values[i] = -contest.InFlight(i);
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest));
    }
}
