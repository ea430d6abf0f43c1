using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;

namespace ProxyCluster.Bench.Micro.Cluster;

/// <summary>Lends more than a run takes.</summary>
internal sealed class GenerousBudget : IBudgetGrain
{
    private static readonly Amount Plenty = new(long.MaxValue / 1024, long.MaxValue / 1024);

    public ValueTask<BudgetAnswer> ApplyAsync(BudgetCall call) => new(new BudgetAnswer(
        call.Sequence == 1 ? Plenty : default, 1, 1, TimeSpan.FromHours(20), TimeSpan.FromHours(20), BudgetLimit.None, TimeSpan.Zero, false, Standing(call.Limits), []));

    public ValueTask<BudgetStanding> LookAsync(BudgetLimits limits) => new(Standing(limits));

    private static BudgetStanding Standing(BudgetLimits limits) => new(limits, default, default, default, default, IsNearEnd: false);
}
