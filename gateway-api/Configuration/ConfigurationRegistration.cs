using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Hands the configuration to whoever injects it.</summary>
internal static class ConfigurationRegistration
{
    public static IServiceCollection AddConfigurationInForce(this IServiceCollection services, ConfigurationInForce configuration)
    {
        services.AddSingleton(configuration);
        services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(configuration);
        services.AddSingleton<ISecretResolver, SecretResolver>();
        return services;
    }
}
