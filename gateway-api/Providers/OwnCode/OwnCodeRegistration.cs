using ProxyCluster.GatewayApi.Extensions;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>Makes the provider types of extensions available.</summary>
internal static class OwnCodeRegistration
{
    /// <summary>Adds an adapter for each type. Needs a <see cref="TimeProvider"/> and logging.</summary>
    public static IServiceCollection AddOwnCode(this IServiceCollection services, LoadedExtensions extensions)
    {
        foreach (var type in extensions.ProviderTypes)
        {
            services.AddSingleton<ProviderAdapter>(provider =>
                new OwnCodeAdapter(type, provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}
