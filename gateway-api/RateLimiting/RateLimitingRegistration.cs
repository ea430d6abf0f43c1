using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Registers the limiter.</summary>
internal static class RateLimitingRegistration
{
    /// <summary>
    /// Adds <see cref="IRequestLimiter"/> and its upkeep. Needs grains, the routing snapshot, the gateway's identity and the options
    /// from the host, and security events registered before. Register it after the silo or the cluster client, so that it stops before them and leases go back.
    /// </summary>
    public static IServiceCollection AddRateLimiting(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<RateLimitingMetrics>();
        services.AddSingleton<LeasedLimiter>();
        services.AddSingleton<IRequestLimiter>(provider => provider.GetRequiredService<LeasedLimiter>());
        services.AddHostedService<LeaseUpkeep>();
        return services;
    }
}
