namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// A chain: the order of the alias counts first, then the lowest priority, then the score. The next one gets requests only
/// while those before it cannot be asked, or have failed.
/// </summary>
public sealed class PriorityStrategy : IRoutingStrategy
{
    /// <summary>Its name.</summary>
    public const string StrategyName = "priority";

    /// <summary>The one there is.</summary>
    public static readonly PriorityStrategy Instance = new();

    private PriorityStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => StrategyName;

    /// <inheritdoc/>
    public bool IsOrdered => true;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        var priority = int.MaxValue;
        for (var i = 0; i < contest.Count; i++)
        {
            priority = Math.Min(priority, contest[i].Provider.Priority);
        }

        for (var i = 0; i < contest.Count; i++)
        {
            contest.Values[i] = contest[i].Provider.Priority == priority ? contest.Score(i).Total : double.NegativeInfinity;
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest) - ScoreCalculator.EqualWithin);
    }
}
