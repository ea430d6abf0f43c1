using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Registers budgets and the journal of usage.</summary>
internal static class BudgetsRegistration
{
    /// <summary>
    /// Needs grains, the routing snapshot, the gateway's identity, security events and the options from the host. Register it
    /// after the silo or the cluster client, so that it stops before them and everything is told.
    /// </summary>
    public static IServiceCollection AddBudgets(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<BudgetMetrics>();
        services.AddSingleton<BudgetBell>();
        services.AddSingleton<BudgetKeeper>();
        services.AddHostedService<BudgetUpkeep>();
        services.AddSingleton<UsageMetrics>();
        services.AddSingleton<UsageJournal>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton<UsedLimits>();
        services.AddSingleton<UsageEndpoint>();
        services.AddSingleton<Spending>();
        services.AddHostedService<UsageReporter>();
        return services;
    }
}
