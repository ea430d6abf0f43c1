using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Grains.Providers;
using ProxyCluster.Grains.Routing;

namespace ProxyCluster.Grains;

/// <summary>What the grains need from their host, save storage named <c>Default</c> and a <see cref="TimeProvider"/>.</summary>
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
        return services;
    }
}
