using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>Registers the circuits slice.</summary>
internal static class CircuitsRegistration
{
    /// <summary>Adds this gateway's own word on providers. Needed by whoever reports outcomes.</summary>
    public static IServiceCollection AddProviderGuard(this IServiceCollection services)
    {
        services.AddSingleton<CircuitMetrics>();
        services.AddSingleton<ProviderGuard>();
        services.AddSingleton<IProviderAdvice>(provider => provider.GetRequiredService<ProviderGuard>());
        return services;
    }

    /// <summary>Adds probes and checks. Needs providers and the routing feed.</summary>
    public static IServiceCollection AddProbes(this IServiceCollection services)
    {
        services.AddSingleton<HealthChecker>();
        services.AddHostedService<ProbeLoop>();
        services.AddHostedService<IdleChecks>();
        return services;
    }
}
