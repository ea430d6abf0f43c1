using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>The product's own strategies, by name.</summary>
public static class BuiltInStrategies
{
    private static readonly ImmutableArray<IRoutingStrategy> Strategies =
    [
        IntelligentStrategy.Instance,
        RoundRobinStrategy.Instance,
        LeastConnectionsStrategy.Instance,
        WeightedRandomStrategy.Instance,
        GeographicStrategy.Instance,
        LatencyStrategy.Instance,
        CostStrategy.Instance,
        PriorityStrategy.Instance,
        PrefixAffinityStrategy.Instance,
    ];

    private static readonly FrozenDictionary<string, IRoutingStrategy> ByName = Strategies.ToFrozenDictionary(static s => s.Name, StringComparer.Ordinal);

    /// <summary>All of them; the default one first.</summary>
    public static ImmutableArray<IRoutingStrategy> All => Strategies;

    /// <summary>The strategy of a name; <see langword="null"/>: there is none.</summary>
    /// <param name="name">Exactly as it is written in configuration.</param>
    public static IRoutingStrategy? Find(string name) => ByName.GetValueOrDefault(name);
}
