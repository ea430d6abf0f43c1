using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.Tests.Cluster.Support;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Cluster.Budgets;

/// <summary>Calls to one budget that come while its store is slow: they share a write, and none is answered before it.</summary>
public sealed class JoinedBudgetWritesTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>, IDisposable
{
    private static readonly BudgetLimits AHundredADay = new(0, 0, 100, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IBudgetGrain _budget = cluster.Grains.GetGrain<IBudgetGrain>($"key:{Guid.NewGuid():N}");
    private readonly TaskCompletionSource _store = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        // A test that fails leaves the store of the others as it was.
        cluster.Storage.Held = Task.CompletedTask;
        _store.TrySetResult();
    }

    [Fact]
    public async Task Calls_DuringAWrite_AreStoredTogetherByTheNext()
    {
        var before = cluster.Storage.Writes;
        var calls = await DuringAWriteAsync(Enumerable.Range(0, 12).Select(_ => Ask(Guid.NewGuid())));

        _store.SetResult();

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(2, answer.Granted.NanoDollars));
        Assert.Equal(before + 2, cluster.Storage.Writes);
        await cluster.Cluster.DeactivateAsync(_budget);
        Assert.Equal(24, await HeldAsync());
    }

    [Fact]
    public async Task Calls_OfAWriteThatFails_AllFail_AlsoThoseDecidedMeanwhile_AndCountNothing()
    {
        var asked = Enumerable.Range(0, 5).Select(_ => Ask(Guid.NewGuid())).ToList();
        var calls = await DuringAWriteAsync(asked);
        cluster.Storage.IsFailing = true;
        try
        {
            _store.SetResult();
            foreach (var call in calls)
            {
                await Assert.ThrowsAnyAsync<Exception>(() => call);
            }
        }
        finally
        {
            cluster.Storage.IsFailing = false;
        }

        Assert.Equal(0, await HeldAsync());
        var again = await Task.WhenAll(asked.Select(call => _budget.ApplyAsync(call).AsTask()));
        Assert.All(again, answer => Assert.Equal(2, answer.Granted.NanoDollars));
        Assert.Equal(10, await HeldAsync());
    }

    [Fact]
    public async Task Call_RepeatedDuringItsWrite_IsAnsweredNoSooner()
    {
        var call = Ask(Guid.NewGuid());
        var first = (await DuringAWriteAsync([call])).Single();
        var repeated = _budget.ApplyAsync(call).AsTask();

        // What is asked after it is answered after it, had it been answered at once.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(2, await HeldAsync());
        }

        Assert.False(first.IsCompleted || repeated.IsCompleted, "It was answered before it was stored.");

        _store.SetResult();

        Assert.Equal((2L, 2L), ((await first).Granted.NanoDollars, (await repeated).Granted.NanoDollars));
        Assert.Equal(2, await HeldAsync());
    }

    // The first of them is being written, and the others are decided.
    private async Task<List<Task<BudgetAnswer>>> DuringAWriteAsync(IEnumerable<BudgetCall> calls)
    {
        cluster.Storage.Held = _store.Task;
        var underWay = new List<Task<BudgetAnswer>>();
        foreach (var call in calls)
        {
            underWay.Add(_budget.ApplyAsync(call).AsTask());
            await Wait.UntilAsync(async () => await HeldAsync() == 2 * underWay.Count, "the call is decided", Patience);
        }

        return underWay;
    }

    private async Task<long> HeldAsync() => (await _budget.LookAsync(AHundredADay)).Day.Held;

    private static BudgetCall Ask(Guid holder) => new(holder, 1, AHundredADay, [], [], [new Amount(0, 2)], default);
}
