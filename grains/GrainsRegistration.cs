using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Grains.Audit;
using ProxyCluster.Grains.Providers;
using ProxyCluster.Grains.Routing;

namespace ProxyCluster.Grains;

/// <summary>What the grains need from their host, save storage named <c>Default</c>, a <see cref="TimeProvider"/> and the <see cref="Core.Audit.AuditKeys"/>.</summary>
public static class GrainsRegistration
{
    /// <summary>Registers the grains' own services.</summary>
    /// <param name="services">The silo's services.</param>
    public static IServiceCollection AddGrains(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton<CircuitMetrics>();
        services.AddSingleton<AuditMetrics>();
        return services;
    }
}
