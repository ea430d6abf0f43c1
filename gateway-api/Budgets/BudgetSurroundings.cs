using ProxyCluster.Core.Budgets;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What all budgets of a gateway share.</summary>
internal sealed class BudgetSurroundings(
    IGrainFactory grains, IRoutingSnapshotSource snapshots, LimiterClock clock, BudgetMetrics metrics, BudgetBell bell, BudgetPolicy policy, ILogger logger)
{
    private volatile BudgetPolicy _policy = policy;

    public LimiterClock Clock => clock;

    public BudgetMetrics Metrics => metrics;

    public BudgetBell Bell => bell;

    public ILogger Logger => logger;

    public BudgetPolicy Policy
    {
        get => _policy;
        set => _policy = value;
    }

    /// <summary>How many gateways share each limit; at least 1.</summary>
    public int Gateways => Math.Max(1, snapshots.Current.ActiveGateways);

    /// <summary>The day that pays for a request that begins now.</summary>
    public int Today => DateOnly.FromDateTime(clock.Time.GetUtcNow().UtcDateTime).DayNumber;

    public Task<BudgetAnswer> AskAsync(string subject, BudgetCall call) => grains.GetGrain<IBudgetGrain>(subject).ApplyAsync(call).AsTask();
}
