using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>Reads how a caller stands against the limits of its key, its user and its team.</summary>
internal sealed class UsedLimits(IGrainFactory grains, BudgetKeeper budgets, TimeProvider clock)
{
    /// <summary>All limits that hold for the caller.</summary>
    /// <exception cref="TimeoutException">The cluster does not answer.</exception>
    public async Task<IEnumerable<UsedLimit>> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.IsLimited)
        {
            return [];
        }

        var read = await Task.WhenAll(caller.Accounts.SelectMany(
            account => (IEnumerable<Task<IEnumerable<UsedLimit>>>)[RequestsAsync(account, cancellationToken), BudgetAsync(account, cancellationToken)]));
        return read.SelectMany(static limits => limits);
    }

    private async Task<IEnumerable<UsedLimit>> RequestsAsync(Account account, CancellationToken cancellationToken)
    {
        var status = await grains.GetGrain<IRateLimiterGrain>(account.Subject).StatusAsync().Within(clock, cancellationToken);
        return status.Windows.Where(static window => window.Limit > 0).Select(window => new UsedLimit(
            account.Subject,
            LimitKinds.CodeOf(LimitKinds.Of(window.Window)),
            window.Limit,
            window.Used,
            window.Limit - window.Used - window.Remaining,
            window.Remaining,
            window.Reset));
    }

    private async Task<IEnumerable<UsedLimit>> BudgetAsync(Account account, CancellationToken cancellationToken)
    {
        var limits = budgets.Policy.For(account.Subject, account.Limits);
        if (!limits.Any)
        {
            return [];
        }

        var standing = await grains.GetGrain<IBudgetGrain>(account.Subject).LookAsync(limits).Within(clock, cancellationToken);
        return BudgetLimitKinds.All.ToArray().Where(limit => limits.Of(limit) > 0).Select(limit => Of(account.Subject, limit, standing));
    }

    private static UsedLimit Of(string subject, BudgetLimit limit, BudgetStanding standing)
    {
        var most = standing.Limits.Of(limit);
        var level = standing.Of(limit);
        return new UsedLimit(
            subject, NameOf(limit), InUnit(limit, most), InUnit(limit, level.Used), InUnit(limit, level.Held), InUnit(limit, level.LeftOf(most)), level.Reset);
    }

    private static decimal InUnit(BudgetLimit limit, long amount) => limit.IsMoney() ? Money.ToDollars(amount) : amount;

    private static string NameOf(BudgetLimit limit) => limit switch
    {
        BudgetLimit.DollarsPerDay => "dollars_per_day",
        BudgetLimit.DollarsPerMonth => "dollars_per_month",
        _ => BudgetRefusals.CodeOf(limit),
    };
}
