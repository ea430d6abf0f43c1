namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Makes providers of type <c>ollama-native</c> available.</summary>
internal static class OllamaRegistration
{
    /// <summary>Adds the adapter. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddOllama(this IServiceCollection services) =>
        services.AddSingleton<ProviderAdapter, OllamaAdapter>();
}
