using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;
using ProxyCluster.GatewayApi.Providers.Simulator;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Makes providers available: connections, checks, and every type that speaks OpenAI's dialect.</summary>
internal static class ProvidersRegistration
{
    private static readonly OpenAiDialect Simulator = new(SimulatorHandler.Type)
    {
        BaseUrl = "http://simulator.invalid/v1",
        NeedsKey = false,
    };

    /// <summary>Needs a <see cref="TimeProvider"/> and an <see cref="Configuration.ISecretResolver"/>.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services)
    {
        foreach (var dialect in (IEnumerable<OpenAiDialect>)[.. OpenAiDialect.Presets, Simulator])
        {
            services.AddSingleton<ProviderAdapter>(provider => new OpenAiAdapter(dialect, provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<ProviderAdapter>(provider => new ResponsesAdapter(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProviderAdapters>();
        services.AddSingleton<UpstreamHandlers>();
        services.AddSingleton<UpstreamPool>();
        services.AddSingleton<IProviderProber, ProviderProber>();
        return services;
    }
}
