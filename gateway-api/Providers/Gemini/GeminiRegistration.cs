namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Makes providers of the types <c>gemini</c> and <c>vertex</c> available.</summary>
internal static class GeminiRegistration
{
    /// <summary>Adds the adapters. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddGemini(this IServiceCollection services) =>
        services.AddSingleton<ProviderAdapter, GoogleAiAdapter>().AddSingleton<ProviderAdapter, VertexAdapter>();
}
