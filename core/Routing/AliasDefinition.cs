using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Routing;

/// <summary>A model name of the operator's own that stands for one or more models.</summary>
/// <param name="Name">What clients ask for.</param>
/// <param name="Models">Model names, with or without a provider prefix, in order.</param>
/// <param name="Ordered"><see langword="true"/>: try them in order; <see langword="false"/>: let the scores choose.</param>
[GenerateSerializer, Immutable, Alias("pc.alias-definition")]
public sealed record AliasDefinition(
    [property: Id(0)] string Name,
    [property: Id(1)] ImmutableArray<string> Models,
    [property: Id(2)] bool Ordered);
