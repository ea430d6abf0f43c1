namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Makes providers of type <c>bedrock</c> available.</summary>
internal static class BedrockRegistration
{
    /// <summary>Adds the adapter. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddBedrock(this IServiceCollection services) =>
        services.AddSingleton<ProviderAdapter, BedrockAdapter>();
}
