using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Hands the configuration to whoever injects it.</summary>
internal static class ConfigurationRegistration
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services, ConfigurationStart configuration)
    {
        services.AddSingleton(configuration.Reader);
        services.AddSingleton(configuration.Reader.Extensions);
        services.AddSingleton(configuration.InForce);
        services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(configuration.InForce);
        services.AddSingleton<IConfigurationChecker, ConfigurationChecker>();
        services.AddSingleton<ConfigurationReload>();
        services.AddHostedService(provider => provider.GetRequiredService<ConfigurationReload>());
        services.AddSingleton<KekSource>();
        services.AddSingleton<ISecretResolver, SecretResolver>();
        return services;
    }
}
