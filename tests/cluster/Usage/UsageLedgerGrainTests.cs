using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Usage;
using ProxyCluster.GrainInterfaces.Usage;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Usage;

public sealed class UsageLedgerGrainTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly Guid Gateway = new("11111111-2222-3333-4444-555555555555");
    private static readonly UsageQuery ByKey = new(UsageDimension.Key, null, null, 1_000);

    private static int _ledgers;

    [Fact]
    public async Task Batch_Repeated_IsCountedOnce_AlsoAfterTheActivationIsGone()
    {
        var ledger = NewLedger();
        var batch = new UsageBatch(Gateway, 1, [Row("key:a"), Row("key:b")]);
        await ledger.ReportAsync(batch);
        await ledger.ReportAsync(batch);
        await cluster.Cluster.DeactivateAsync(ledger);
        await ledger.ReportAsync(batch);

        Assert.Equal([("key:a", 1L), ("key:b", 1L)], (await ledger.ReadAsync(ByKey)).Select(static group => (group.Name, group.Totals.Requests)));
    }

    [Fact]
    public async Task Batch_ThatTheStoreRefused_IsCountedWhenItIsSentAgain()
    {
        var ledger = NewLedger();
        await ledger.ReportAsync(new UsageBatch(Gateway, 1, [Row("key:a")]));
        var batch = new UsageBatch(Gateway, 2, [Row("key:a")]);
        cluster.Storage.IsFailing = true;
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(async () => await ledger.ReportAsync(batch));
        }
        finally
        {
            cluster.Storage.IsFailing = false;
        }

        await ledger.ReportAsync(batch);

        Assert.Equal(2, Assert.Single(await ledger.ReadAsync(ByKey)).Totals.Requests);
    }

    [Fact]
    public async Task Rows_OfManyPages_AreAllThereAgain()
    {
        var ledger = NewLedger();
        await ledger.ReportAsync(new UsageBatch(Gateway, 1, [.. Enumerable.Range(0, 500).Select(i => Row($"key:{i:000}"))]));
        await ledger.ReportAsync(new UsageBatch(Gateway, 2, [.. Enumerable.Range(200, 500).Select(i => Row($"key:{i:000}"))]));
        await cluster.Cluster.DeactivateAsync(ledger);

        var groups = await ledger.ReadAsync(ByKey);

        Assert.Equal((700, 1_000L), (groups.Length, groups.Sum(static group => group.Totals.Requests)));
    }

    private IUsageLedgerGrain NewLedger() =>
        cluster.Grains.GetGrain<IUsageLedgerGrain>(UsageLedgers.KeyOf(new DateOnly(2026, 1, 1).AddDays(Interlocked.Increment(ref _ledgers)), 0));

    private static UsageRow Row(string subject) =>
        new(new UsageKey(subject, "", "", "gpt-4o", "openai", ""), new UsageTotals(1, new TokenUsage(1, 2, 3, 4, 5), 6));
}
