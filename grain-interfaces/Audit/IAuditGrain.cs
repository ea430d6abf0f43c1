using System.Collections.Immutable;
using Orleans.Concurrency;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.GrainInterfaces.Audit;

/// <summary>Orders and keeps one audit log of a region, as a chain of hashes.</summary>
/// <remarks>
/// Key: the log's full name, for example <c>eu-west/actions</c>: see <see cref="AuditLogs"/>. Everything is stored before
/// it is acknowledged; a lost silo loses nothing.
/// </remarks>
[GrainInterfaceType("pc.audit"), Alias("pc.audit")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>Writes one entry. When the answer does not come, whether it was written is not known.</summary>
    /// <param name="entry">What happened.</param>
    /// <returns>The record's number.</returns>
    /// <exception cref="OrleansException">The store does not answer, or too much is waiting for it.</exception>
    [Alias("record"), AlwaysInterleave]
    ValueTask<long> RecordAsync(AuditEntry entry);

    /// <summary>Writes entries, each once however often it is told.</summary>
    /// <param name="batch">From one process, in its order.</param>
    /// <exception cref="OrleansException">The store does not answer, or too much is waiting for it.</exception>
    [Alias("report"), AlwaysInterleave]
    ValueTask ReportAsync(AuditBatch batch);

    /// <summary>Reads records, the oldest first. A page can be empty and still say where to go on.</summary>
    /// <param name="query">Which.</param>
    [Alias("read"), AlwaysInterleave]
    ValueTask<AuditPage> ReadAsync(AuditQuery query);

    /// <summary>Where the log begins and ends.</summary>
    [Alias("extent"), AlwaysInterleave]
    ValueTask<AuditExtent> ExtentAsync();

    /// <summary>The latest security events, at most 100 of each type, as the lines of their records in their order.</summary>
    [Alias("events"), AlwaysInterleave]
    ValueTask<ImmutableArray<string>> EventsAsync();
}
