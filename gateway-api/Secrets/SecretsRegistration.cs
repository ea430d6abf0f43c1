namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>Registers what seals and opens secrets.</summary>
internal static class SecretsRegistration
{
    /// <summary>Needs the configuration, security, routing and an <see cref="IGrainFactory"/>.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddSingleton<DiskSeal>();
        services.AddHostedService<SecretRewrap>();
        return services;
    }
}
