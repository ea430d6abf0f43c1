namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>By chance, each as often as its weight says. A weight of 0 gets nothing while another one is left.</summary>
public sealed class WeightedRandomStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly WeightedRandomStrategy Instance = new();

    private WeightedRandomStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "weighted_random";

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        for (var i = 0; i < contest.Count; i++)
        {
            contest.Values[i] = contest[i].Provider.Weight;
        }

        return Sharing.ByValue(contest);
    }
}
