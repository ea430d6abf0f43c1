namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Makes providers of type <c>custom_ai</c> available.</summary>
internal static class CustomRegistration
{
    /// <summary>Adds the adapter. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddCustomProviders(this IServiceCollection services) =>
        services.AddSingleton<ProviderAdapter>(static provider => new CustomAdapter(provider.GetRequiredService<TimeProvider>()));
}
