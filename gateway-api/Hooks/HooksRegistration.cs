using ProxyCluster.GatewayApi.Extensions;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Registers hooks.</summary>
internal static class HooksRegistration
{
    /// <summary>Needs configuration with its <see cref="LoadedExtensions"/>, metrics and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddHooks(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new HookTypes(provider.GetRequiredService<LoadedExtensions>().HookTypes));
        services.AddSingleton<HooksTelemetry>();
        services.AddSingleton<HookSet>();
        return services;
    }
}
