namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// The highest score wins, and those within <see cref="ScoreCalculator.EqualWithin"/> points of it share the traffic by
/// priority, then by weight (SPEC section 2).
/// </summary>
public sealed class IntelligentStrategy : IRoutingStrategy
{
    /// <summary>Its name.</summary>
    public const string StrategyName = "intelligent";

    /// <summary>The one there is.</summary>
    public static readonly IntelligentStrategy Instance = new();

    private IntelligentStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => StrategyName;

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        for (var i = 0; i < contest.Count; i++)
        {
            contest.Values[i] = contest.Score(i).Total;
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest) - ScoreCalculator.EqualWithin);
    }
}
