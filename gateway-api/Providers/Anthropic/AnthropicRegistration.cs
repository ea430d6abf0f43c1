namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Makes providers of type <c>anthropic</c> available.</summary>
internal static class AnthropicRegistration
{
    /// <summary>Adds the adapter. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAnthropic(this IServiceCollection services) =>
        services.AddSingleton<ProviderAdapter, AnthropicAdapter>();
}
