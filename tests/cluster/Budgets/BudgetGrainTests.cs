using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Budgets;

public sealed class BudgetGrainTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly BudgetLimits FourADay = new(0, 0, 4, 0);

    private readonly Guid _holder = Guid.NewGuid();
    private long _sequence;

    [Fact]
    public async Task Grant_IsStoredBeforeItIsAnswered_AndARefusalIsNot()
    {
        var budget = NewBudget();
        var before = cluster.Storage.Writes;
        Assert.Equal(3, (await budget.ApplyAsync(Ask(3))).Granted.NanoDollars);
        Assert.Equal(before + 1, cluster.Storage.Writes);

        Assert.Equal(BudgetLimit.DollarsPerDay, (await budget.ApplyAsync(Ask(3))).Refused);

        Assert.Equal(before + 1, cluster.Storage.Writes);
    }

    [Fact]
    public async Task Grant_WhileTheStoreFails_IsNoneAndIsGivenOnceWhenItIsBack()
    {
        var budget = NewBudget();
        await budget.ApplyAsync(Ask(1));
        var call = Ask(2);
        cluster.Storage.IsFailing = true;
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(async () => await budget.ApplyAsync(call));
        }
        finally
        {
            cluster.Storage.IsFailing = false;
        }

        Assert.Equal(2, (await budget.ApplyAsync(call)).Granted.NanoDollars);
        Assert.Equal(2, (await budget.ApplyAsync(call)).Granted.NanoDollars);

        Assert.Equal(3, (await budget.LookAsync(FourADay)).Day.Held);
    }

    [Fact]
    public async Task Budget_AfterTheActivationIsGone_IsTheSame()
    {
        var budget = NewBudget();
        var granted = await budget.ApplyAsync(Ask(4));
        await budget.ApplyAsync(Settle(granted, 4, 3));
        await cluster.Cluster.DeactivateAsync(budget);

        Assert.Equal((3L, 0L), Levels(await budget.LookAsync(FourADay)));
        Assert.Equal(BudgetLimit.DollarsPerDay, (await budget.ApplyAsync(Ask(2))).Refused);
    }

    [Fact]
    public async Task Call_RepeatedAfterTheActivationIsGone_CountsOnce()
    {
        var budget = NewBudget();
        var granted = await budget.ApplyAsync(Ask(4));
        var settle = Settle(granted, 4, 3);
        await budget.ApplyAsync(settle);
        await cluster.Cluster.DeactivateAsync(budget);

        await budget.ApplyAsync(settle);

        Assert.Equal((3L, 0L), Levels(await budget.LookAsync(FourADay)));
    }

    [Fact]
    public async Task Store_WrittenByAnotherActivation_EndsThisOne()
    {
        var budget = NewBudget();
        await budget.ApplyAsync(Ask(1));
        var gone = cluster.Cluster.WaitForDeactivationAsync(budget);
        cluster.Storage.Touch(budget.GetGrainId());
        var call = Ask(1);

        await Assert.ThrowsAnyAsync<Exception>(async () => await budget.ApplyAsync(call));
        await gone.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(1, (await budget.ApplyAsync(call)).Granted.NanoDollars);
        Assert.Equal(2, (await budget.LookAsync(FourADay)).Day.Held);
    }

    private IBudgetGrain NewBudget() => cluster.Grains.GetGrain<IBudgetGrain>($"key:{Guid.NewGuid():N}");

    private static (long, long) Levels(BudgetStanding standing) => (standing.Day.Used, standing.Day.Held);

    private BudgetCall Ask(long nanoDollars) => new(_holder, ++_sequence, FourADay, [], [], [new Amount(0, nanoDollars)], default);

    private BudgetCall Settle(BudgetAnswer granted, long reserved, long actual) => new(
        _holder, ++_sequence, FourADay, [new Settlement(0, granted.Tag, granted.Day, new Amount(0, reserved), new Amount(0, actual))], [], [], default);
}
