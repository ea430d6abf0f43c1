using System.Collections.Immutable;
using ProxyCluster.Core.Usage;

namespace ProxyCluster.GrainInterfaces.Usage;

/// <summary>Keeps what was used on one day, by key, user, team, model, provider and tag.</summary>
/// <remarks>
/// Key: <see cref="UsageLedgers.KeyOf"/>, the day and a shard of the keys. Rows are stored before a batch is acknowledged. A
/// batch that is repeated, in whole or after a part of it was stored, counts once.
/// </remarks>
[GrainInterfaceType("pc.usage-ledger"), Alias("pc.usage-ledger")]
public interface IUsageLedgerGrain : IGrainWithStringKey
{
    /// <summary>Adds what a gateway has gathered.</summary>
    /// <exception cref="OrleansException">The store does not answer: send the batch again, under its sequence.</exception>
    [Alias("report")]
    ValueTask ReportAsync(UsageBatch batch);

    /// <summary>Sums by one dimension, in ordinal order of its values.</summary>
    [Alias("read")]
    ValueTask<ImmutableArray<UsageGroup>> ReadAsync(UsageQuery query);
}
