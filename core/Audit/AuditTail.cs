using Orleans;

namespace ProxyCluster.Core.Audit;

/// <summary>Where a log ends.</summary>
/// <param name="Seq">Its last record; 0: it is empty.</param>
/// <param name="Hash">That record's hash, in hexadecimal.</param>
/// <param name="At">When that record was written.</param>
[GenerateSerializer, Immutable, Alias("pc.audit-tail")]
public sealed record AuditTail(
    [property: Id(0)] long Seq,
    [property: Id(1)] string Hash,
    [property: Id(2)] DateTimeOffset At)
{
    /// <summary>Of an empty log.</summary>
    public static AuditTail Empty { get; } = new(0, AuditKeys.Beginning, DateTimeOffset.UnixEpoch);
}
