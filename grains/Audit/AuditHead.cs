namespace ProxyCluster.Grains.Audit;

/// <summary>Which segments of a log there are.</summary>
[GenerateSerializer, Alias("pc.audit-head")]
internal sealed class AuditHead
{
    /// <summary>The oldest segment that is kept.</summary>
    [Id(0)] public long First { get; set; }

    /// <summary>The newest one, or one a little before it: it is written after the segment itself.</summary>
    [Id(1)] public long Last { get; set; }
}
