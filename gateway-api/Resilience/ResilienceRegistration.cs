namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Registers what surrounds attempts.</summary>
internal static class ResilienceRegistration
{
    /// <summary>
    /// Adds slots, retry budgets, hedging and load shedding. Needs grains, the routing snapshot and the options. Register it
    /// after the silo or the cluster client, so that it stops before them and leases go back.
    /// </summary>
    public static IServiceCollection AddResilience(this IServiceCollection services)
    {
        services.AddSingleton<ResilienceMetrics>();
        services.AddSingleton<SlotLeases>();
        services.AddSingleton<ProviderEntrance>();
        services.AddSingleton<Hedging>();
        services.AddSingleton<AdmissionGate>();
        services.AddSingleton<MemoryUse, ProcessMemory>();
        services.AddHostedService<SlotUpkeep>();
        services.AddHostedService<OverloadWatch>();
        return services;
    }
}
