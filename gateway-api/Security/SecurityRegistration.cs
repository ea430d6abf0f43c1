namespace ProxyCluster.GatewayApi.Security;

/// <summary>Registers who may call, and how the gateway learns of it.</summary>
internal static class SecurityRegistration
{
    /// <summary>
    /// Expects an <see cref="IGrainFactory"/>, the configuration, the secret resolver and a <see cref="TimeProvider"/>.
    /// The hosted services throw <see cref="PepperException"/> at the start where keys are asked for and cannot be hashed.
    /// </summary>
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<PepperSource>();
        services.AddSingleton<KeyTable>();
        services.AddSingleton<KeyLookup>();
        services.AddSingleton<KeyCreation>();
        services.AddSingleton<KeySnapshotStore>();
        services.AddSingleton<SecurityMetrics>();
        services.AddSingleton<ICallerAuthenticator, ApiKeyAuthenticator>();
        services.AddHostedService<FileKeys>();
        services.AddHostedService<KeyFeed>();
        return services;
    }
}
