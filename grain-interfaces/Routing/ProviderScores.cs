using System.Collections.Immutable;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>All scores of one provider, from its grain.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Scores">One for each of its entries that has data.</param>
[GenerateSerializer, Immutable, Alias("pc.provider-scores")]
public sealed record ProviderScores(
    [property: Id(0)] string Provider,
    [property: Id(1)] ImmutableArray<ProviderScore> Scores);
