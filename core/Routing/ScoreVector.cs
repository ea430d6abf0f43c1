using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Routing;

/// <summary>The scores of all providers and models, up to four times a second.</summary>
/// <param name="Version">Names this vector.</param>
/// <param name="Scores">In no order; what is missing has no data.</param>
[GenerateSerializer, Immutable, Alias("pc.score-vector")]
public sealed record ScoreVector(
    [property: Id(0)] SnapshotVersion Version,
    [property: Id(1)] ImmutableArray<ProviderScore> Scores)
{
    /// <summary>No data for anybody.</summary>
    public static ScoreVector Empty { get; } = new(SnapshotVersion.None, []);
}
