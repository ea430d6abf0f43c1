using System.Collections.Immutable;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Grains.Audit;

/// <summary>One stored page of a log: at most <see cref="AuditLogs.SegmentRecords"/> records, and who has told how much by then.</summary>
[GenerateSerializer, Alias("pc.audit-segment")]
internal sealed class AuditSegment
{
    /// <summary>The records' lines, as they were sealed.</summary>
    [Id(0)] public ImmutableArray<string> Lines { get; set; } = [];

    /// <summary>Stored with the records, so that no failure can count an entry twice or not at all.</summary>
    [Id(1)] public ImmutableArray<AuditSource> Sources { get; set; } = [];
}
