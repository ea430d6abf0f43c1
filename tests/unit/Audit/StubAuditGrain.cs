using System.Collections.Immutable;
using ProxyCluster.Core.Audit;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

/// <summary>A log that keeps what it is told in memory, and can be made to fail.</summary>
internal sealed class StubAuditGrain : IAuditGrain
{
    /// <summary>What it was told, in its order.</summary>
    public List<AuditEntry> Entries { get; } = [];

    /// <summary>How many entries it still takes before its store fails.</summary>
    public int Takes { get; set; } = int.MaxValue;

    /// <summary>Where it says that it ends.</summary>
    public AuditTail Tail { get; set; } = AuditTail.Empty;

    public ValueTask<long> RecordAsync(AuditEntry entry)
    {
        if (Takes-- <= 0)
        {
            throw new OrleansException("The test's store does not answer.");
        }

        Entries.Add(entry);
        return new(Entries.Count);
    }

    public async ValueTask ReportAsync(AuditBatch batch)
    {
        foreach (var entry in batch.Entries)
        {
            await RecordAsync(entry);
        }
    }

    public ValueTask<AuditPage> ReadAsync(AuditQuery query) => throw new NotSupportedException();

    public ValueTask<AuditExtent> ExtentAsync() => new(new AuditExtent(1, Tail));

    public ValueTask<ImmutableArray<string>> EventsAsync() => throw new NotSupportedException();
}
