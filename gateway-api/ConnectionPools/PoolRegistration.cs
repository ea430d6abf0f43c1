using ProxyCluster.GatewayApi.Outbound;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Registers the pools of upstream hosts.</summary>
internal static class PoolRegistration
{
    /// <summary>Needs what <c>AddProviders</c> registers, configuration, metrics and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddConnectionPools(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<IHostResolver, SystemHostResolver>();
        services.AddSingleton<OutboundGuard>();
        services.AddSingleton<PoolMetrics>();
        services.AddSingleton<HostPools>();
        services.AddHostedService<PoolKeeper>();
        return services;
    }
}
