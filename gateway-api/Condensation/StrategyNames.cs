using System.Diagnostics;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>The strategies as requests, settings and metrics name them.</summary>
internal static class StrategyNames
{
    private const int LongestShown = 32;

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

    /// <summary>The refusal of a name that there is not.</summary>
    /// <param name="name">What was asked for.</param>
    /// <param name="where">The field or header that asks.</param>
    public static Refusal Unknown(ReadOnlySpan<char> name, string where)
    {
        var refusal = Refusals.UnknownStrategy(name[..Math.Min(name.Length, LongestShown)].ToString());
        return refusal with { Param = where, Message = refusal.Message + " There are hybrid, structural, temporal and semantic." };
    }
}
