using Microsoft.Extensions.DependencyInjection.Extensions;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Health;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Registers the routing slice.</summary>
internal static class RoutingRegistration
{
    /// <summary>Adds the snapshot's source, the outcome reporter, and a part of readiness. Needs Orleans, registered before.</summary>
    public static IServiceCollection AddRoutingFeed(this IServiceCollection services)
    {
        services.TryAddSingleton<GatewayIdentity>();
        services.TryAddSingleton<LateFault>();
        services.AddSingleton<RoutingMetrics>();
        services.AddProviderGuard();
        services.AddSingleton<SnapshotFile>();
        services.AddSingleton<StrategyCatalogue>();
        services.AddSingleton<RoutingWishes>();
        services.AddSingleton(provider => RoutingFeedSetup.Of(
            isEmbedded: provider.GetService<ILocalSiloDetails>() is not null, provider.GetServices<ProviderAdapter>()));

        services.AddSingleton<RoutingFeed>();
        services.AddSingleton<IRoutingSnapshotSource>(provider => provider.GetRequiredService<RoutingFeed>());
        services.AddHostedService(provider => provider.GetRequiredService<RoutingFeed>());
        services.AddSingleton(provider => Readiness(provider.GetRequiredService<RoutingFeed>()));

        services.AddSingleton<OutcomeReporter>();
        services.AddSingleton<IOutcomeSink>(provider => provider.GetRequiredService<OutcomeReporter>());
        services.AddHostedService(provider => provider.GetRequiredService<OutcomeReporter>());
        return services;
    }

    private static ReadinessPart Readiness(RoutingFeed feed) =>
        new("routing", () => feed.WhenReady.IsCompleted ? null : "No routing snapshot is loaded yet.");
}
