namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Makes providers of type <c>cohere</c> available.</summary>
internal static class CohereRegistration
{
    /// <summary>Adds the adapter. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddCohere(this IServiceCollection services) =>
        services.AddSingleton<ProviderAdapter, CohereAdapter>();
}
