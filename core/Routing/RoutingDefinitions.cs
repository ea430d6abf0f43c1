using System.Collections.Immutable;
using Orleans;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>All definitions that a gateway routes by: rare, whole, versioned.</summary>
/// <param name="Version">Names this snapshot.</param>
/// <param name="Providers">Every provider, by name.</param>
/// <param name="Aliases">Every alias, by name.</param>
[GenerateSerializer, Immutable, Alias("pc.routing-definitions")]
public sealed record RoutingDefinitions(
    [property: Id(0)] SnapshotVersion Version,
    [property: Id(1)] ImmutableArray<ProviderDefinition> Providers,
    [property: Id(2)] ImmutableArray<AliasDefinition> Aliases)
{
    /// <summary>Nothing is defined.</summary>
    public static RoutingDefinitions Empty { get; } = new(SnapshotVersion.None, [], []);
}
