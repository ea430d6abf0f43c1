using System.Diagnostics;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>The strategies as requests, settings and metrics name them.</summary>
internal static class StrategyNames
{
    /// <summary>The name of a strategy.</summary>
    public static string Of(CondensationStrategy strategy) => strategy switch
    {
        CondensationStrategy.Hybrid => "hybrid",
        CondensationStrategy.Structural => "structural",
        CondensationStrategy.Temporal => "temporal",
        CondensationStrategy.Semantic => "semantic",
        _ => throw new UnreachableException($"The strategy {strategy} has no name."),
    };

    /// <summary>The strategy of a name; <see langword="null"/>: there is none.</summary>
    public static CondensationStrategy? Find(ReadOnlySpan<char> name) => name switch
    {
        "hybrid" => CondensationStrategy.Hybrid,
        "structural" => CondensationStrategy.Structural,
        "temporal" => CondensationStrategy.Temporal,
        "semantic" => CondensationStrategy.Semantic,
        _ => null,
    };
}
