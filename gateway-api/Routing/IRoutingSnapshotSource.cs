using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>What the gateway routes by at this moment. A request reads it once. Implemented by the routing feed, and by tests.</summary>
internal interface IRoutingSnapshotSource
{
    /// <summary>Definitions and scores as last handed over. Never null; one volatile read.</summary>
    RoutingSnapshot Current { get; }
}

/// <summary>Definitions and scores that belong together for the life of a request.</summary>
/// <param name="Definitions">Who serves what.</param>
/// <param name="Scores">How well.</param>
/// <param name="ActiveGateways">How many gateways share the limits; at least 1.</param>
/// <param name="IsStale">The cluster has not been heard for more than 15 s.</param>
/// <param name="Index">Finds the candidates for a model name, with their scores: what a request reads.</param>
internal sealed record RoutingSnapshot(
    RoutingDefinitions Definitions, ScoreVector Scores, int ActiveGateways, bool IsStale, RoutingIndex Index)
{
    /// <summary>Nothing is known.</summary>
    public static RoutingSnapshot Empty { get; } = new(RoutingDefinitions.Empty, ScoreVector.Empty, 1, true, RoutingIndex.Empty);

    /// <summary>A fresh snapshot of definitions, with the default weights: for processes without a feed.</summary>
    public static RoutingSnapshot Of(RoutingDefinitions definitions) => new(
        definitions,
        ScoreVector.Empty,
        1,
        false,
        RoutingIndex.Build(definitions, ScoreVector.Empty, ScoreWeights.Default));
}
