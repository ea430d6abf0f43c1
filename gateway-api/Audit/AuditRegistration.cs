namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Registers security events, the audit logs and their anchors.</summary>
internal static class AuditRegistration
{
    /// <summary>Expects an <see cref="IGrainFactory"/>, the gateway's identity, its request ids, the secret resolver and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<SecurityEventMetrics>();
        services.AddSingleton<SecurityEvents>();
        services.AddSingleton<AuditReporter>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AuditFilter>();
        services.AddSingleton<AnchorPlaces>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditReporter>());
        services.AddHostedService<AnchorKeeper>();
        return services;
    }
}
