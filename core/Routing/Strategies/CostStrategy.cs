namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>Who is cheapest for this request; among equals by priority, then by weight. Who has no known price comes after all others.</summary>
public sealed class CostStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly CostStrategy Instance = new();

    private CostStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "cost";

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        for (var i = 0; i < contest.Count; i++)
        {
            var price = contest[i].Price;
            contest.Values[i] = price.IsKnown ? -contest.Request.CostAt(price) : double.MinValue;
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest));
    }
}
