using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Audit;

/// <summary>Entries of one process, told until they are acknowledged and counted once.</summary>
/// <param name="Gateway">The process.</param>
/// <param name="First">The number of the first entry: the process counts its entries for this log from 1.</param>
/// <param name="Entries">In their order, without gaps.</param>
[GenerateSerializer, Immutable, Alias("pc.audit-batch")]
public sealed record AuditBatch(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] long First,
    [property: Id(2)] ImmutableArray<AuditEntry> Entries);
