using Orleans;

namespace ProxyCluster.Core.Routing;

/// <summary>
/// Names one snapshot. Compared for <em>different</em>, never for greater: a duplicate activation or a restored store
/// may go back, and gateways must still take what the grain says (ORLEANS section 5).
/// </summary>
/// <param name="Epoch">New with each activation that could not read its predecessor's counter.</param>
/// <param name="Counter">Counts changes within the epoch.</param>
/// <param name="ContentHash">XxHash64 of the content.</param>
[GenerateSerializer, Immutable, Alias("pc.snapshot-version")]
public readonly record struct SnapshotVersion(
    [property: Id(0)] Guid Epoch,
    [property: Id(1)] long Counter,
    [property: Id(2)] ulong ContentHash)
{
    /// <summary>Differs from every real version.</summary>
    public static SnapshotVersion None => default;
}
