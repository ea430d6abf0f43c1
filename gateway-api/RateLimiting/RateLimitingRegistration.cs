using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Registers the limiter.</summary>
internal static class RateLimitingRegistration
{
    /// <summary>
    /// Adds <see cref="IRequestLimiter"/> and its upkeep. Needs grains, the routing snapshot, the gateway's identity and the options
    /// from the host, and authentication and security events registered before. Register it after the silo or the cluster client, so that it stops before them and leases go back.
    /// </summary>
    public static IServiceCollection AddRateLimiting(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<RateLimitingMetrics>();
        services.AddSingleton<LeasedLimiter>();
        services.AddSingleton<IRequestLimiter>(provider => provider.GetRequiredService<LeasedLimiter>());
        services.AddHostedService<LeaseUpkeep>();
        GuardAddresses(services);
        return services;
    }

    // Whoever authenticates was registered before, by the slice that does.
    private static void GuardAddresses(IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(ICallerAuthenticator)) is not { ImplementationType: { } authenticator })
        {
            return;
        }

        services.Replace(ServiceDescriptor.Singleton<ICallerAuthenticator>(provider => new AddressGuard(
            (ICallerAuthenticator)ActivatorUtilities.CreateInstance(provider, authenticator),
            provider.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RateLimitingMetrics>(),
            provider.GetRequiredService<SecurityEvents>())));
    }
}
