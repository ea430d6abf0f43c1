using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Routing;

/// <summary>What scores are held against, and how they are kept fresh. The default explores nothing and takes costs as they are.</summary>
public readonly record struct ScoreRules
{
    /// <summary>The share of requests, 0 to 1, that explores (<see cref="Exploration"/>).</summary>
    public double ExplorationShare { get; init; }

    /// <summary>Whether a candidate's cost is held against the dearest candidate of the model, not against a fixed scale.</summary>
    public bool RelativeCost { get; init; }

    /// <summary>As configured.</summary>
    /// <param name="options">Validated.</param>
    public static ScoreRules From(RoutingOptions options) =>
        new() { ExplorationShare = options.ExplorationPercent / 100, RelativeCost = options.RelativeCost };
}
