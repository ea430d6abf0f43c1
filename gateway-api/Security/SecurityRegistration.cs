using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;

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
        services.AddSingleton<KeyCallers>();
        services.AddSingleton<KeyLookup>();
        services.AddSingleton<KeyRehasher>();
        services.AddSingleton<KeyVerifier>();
        services.AddSingleton<KeyCreation>();
        services.AddSingleton<KeySnapshotStore>();
        services.AddSingleton<SecurityMetrics>();
        services.AddSingleton<AccountTable>();
        services.AddSingleton(provider => RoleTable.Of(provider.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>().CurrentValue.Auth));
        services.AddTokens();
        services.AddSingleton<ICallerAuthenticator, CallerAuthenticator>();
        services.AddSingleton<PermissionGate>();
        services.AddHostedService<FileKeys>();
        services.AddHostedService<KeyFeed>();
        services.AddHostedService<KeyUseReporter>();
        return services;
    }

    // Needs the way out that providers are reached by.
    private static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<JwtMetrics>();
        services.AddSingleton<IJwksSource, JwksClient>();
        services.AddSingleton<JwtIssuers>();
        services.AddSingleton<JwtAuthenticator>();
        services.AddHostedService<JwksRefresh>();
    }
}
