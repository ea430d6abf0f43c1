using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Registers who may call, and how the gateway learns of it.</summary>
internal static class SecurityRegistration
{
    /// <summary>
    /// Expects an <see cref="IGrainFactory"/>, the configuration, the secret resolver, a <see cref="TimeProvider"/>, security
    /// events and, for whoever asks for an <see cref="ICallerAuthenticator"/>, the metrics of rate limiting.
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
        services.AddAuthentication();
        services.AddSingleton<PermissionGate>();
        services.AddHostedService<FileKeys>();
        services.AddHostedService<KeyFeed>();
        services.AddHostedService<KeyUseReporter>();
        return services;
    }

    // First the limits of the client's address, then its credential.
    private static void AddAuthentication(this IServiceCollection services)
    {
        services.AddSingleton<CallerAuthenticator>();
        services.AddSingleton(static provider => new AddressGuard(
            provider.GetRequiredService<CallerAuthenticator>(),
            provider.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RateLimitingMetrics>(),
            provider.GetRequiredService<SecurityEvents>()));
        services.AddSingleton<ICallerAuthenticator>(static provider => provider.GetRequiredService<AddressGuard>());
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
