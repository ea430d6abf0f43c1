using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>
/// The provider types as configuration needs them: before there are adapters, and in silos, which have none. A test
/// holds it to the adapters.
/// </summary>
internal static class ProviderTypeCatalog
{
    public static IReadOnlyList<ProviderTypeFacts> All { get; } =
    [
        new("openai", NeedsBaseUrl: false, NeedsKey: false),
        new("openai-responses", NeedsBaseUrl: false, NeedsKey: false),
        new("anthropic", NeedsBaseUrl: false, NeedsKey: true),
        new("azure-openai", NeedsBaseUrl: true, NeedsKey: true),
        new("ollama", NeedsBaseUrl: false, NeedsKey: false),
        new("vllm", NeedsBaseUrl: false, NeedsKey: false),
        new("groq", NeedsBaseUrl: false, NeedsKey: true),
        new("mistral", NeedsBaseUrl: false, NeedsKey: true),
        new("deepseek", NeedsBaseUrl: false, NeedsKey: true),
        new("together", NeedsBaseUrl: false, NeedsKey: true),
        new("openrouter", NeedsBaseUrl: false, NeedsKey: true),
        new("xai", NeedsBaseUrl: false, NeedsKey: true),
        new("simulator", NeedsBaseUrl: false, NeedsKey: false),
    ];
}
