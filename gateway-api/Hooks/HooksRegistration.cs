namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Registers hooks.</summary>
internal static class HooksRegistration
{
    /// <summary>Needs configuration with its <see cref="HookTypes"/>, metrics and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddHooks(this IServiceCollection services)
    {
        services.AddSingleton<HooksTelemetry>();
        services.AddSingleton<HookSet>();
        return services;
    }
}
