using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Registers condensation.</summary>
internal static class CondensationRegistration
{
    /// <summary>Needs what a request passes on its way: limits, budgets, hooks, the routing feed and the fallback chain.</summary>
    public static IServiceCollection AddCondensation(this IServiceCollection services)
    {
        services.AddSingleton<CondensationMetrics>();
        services.AddSingleton<TokenizerLoads>();
        services.AddHostedService(static provider => provider.GetRequiredService<TokenizerLoads>());
        services.AddSingleton(static provider => new Lazy<FallbackChain>(provider.GetRequiredService<FallbackChain>));
        services.AddSingleton<SummaryCall>();
        services.AddSingleton<SummaryWriter>();
        services.AddSingleton<CondensationRun>();
        services.AddSingleton<ContextFitter>();
        services.AddSingleton<CondenseEndpoint>();
        return services;
    }
}
