using System.Collections.Immutable;
using Orleans;
using ProxyCluster.Core.Routing.Strategies;

namespace ProxyCluster.Core.Routing;

/// <summary>A model name of the operator's own that stands for one or more models.</summary>
/// <param name="Name">What clients ask for.</param>
/// <param name="Models">Model names, with or without a provider prefix, in order.</param>
/// <param name="Ordered"><see langword="true"/>: try them in order. What definitions without <see cref="Strategy"/> have.</param>
[GenerateSerializer, Immutable, Alias("pc.alias-definition")]
public sealed record AliasDefinition(
    [property: Id(0)] string Name,
    [property: Id(1)] ImmutableArray<string> Models,
    [property: Id(2)] bool Ordered)
{
    /// <summary>How one of them is chosen; <see langword="null"/>: by the default strategy, unless <see cref="Ordered"/>.</summary>
    [Id(3)] public string? Strategy { get; init; }

    /// <summary>Which models take over when these have failed; <see langword="null"/>: none.</summary>
    [Id(4)] public AliasFallbacks? Fallbacks { get; init; }

    /// <summary>The strategy's name; <see langword="null"/>: the default one.</summary>
    public string? StrategyInForce => Strategy ?? (Ordered ? PriorityStrategy.StrategyName : null);
}
