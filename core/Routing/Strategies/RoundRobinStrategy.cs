namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>All in turn, in the order of their names, whatever their weights. Who cannot be asked is passed over, and costs nobody a turn.</summary>
public sealed class RoundRobinStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly RoundRobinStrategy Instance = new();

    private RoundRobinStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "round_robin";

    /// <inheritdoc/>
    public bool TakesTurns => true;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        var (next, nextRank) = (-1, int.MaxValue);
        var (first, firstRank) = (0, int.MaxValue);
        for (var i = 0; i < contest.Count; i++)
        {
            var rank = contest[i].Rank;
            if (rank < firstRank)
            {
                (first, firstRank) = (i, rank);
            }

            if (rank > contest.LastTurn && rank < nextRank)
            {
                (next, nextRank) = (i, rank);
            }
        }

        return next >= 0 ? next : first;
    }
}
