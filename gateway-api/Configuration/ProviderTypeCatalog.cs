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
        new("gemini", NeedsBaseUrl: false, NeedsKey: true),
        new("vertex", NeedsBaseUrl: false, NeedsKey: true),
        new("bedrock", NeedsBaseUrl: true, NeedsKey: true),
        new("azure-openai", NeedsBaseUrl: true, NeedsKey: true),
        new("ollama", NeedsBaseUrl: false, NeedsKey: false),
        new("vllm", NeedsBaseUrl: false, NeedsKey: false),
        new("groq", NeedsBaseUrl: false, NeedsKey: true),
        new("mistral", NeedsBaseUrl: false, NeedsKey: true),
        new("deepseek", NeedsBaseUrl: false, NeedsKey: true),
        new("together", NeedsBaseUrl: false, NeedsKey: true),
        new("openrouter", NeedsBaseUrl: false, NeedsKey: true),
        new("xai", NeedsBaseUrl: false, NeedsKey: true),
        new("perplexity", NeedsBaseUrl: false, NeedsKey: true),
        new("alibaba", NeedsBaseUrl: false, NeedsKey: true),
        new("cerebras", NeedsBaseUrl: false, NeedsKey: true),
        new("moonshot", NeedsBaseUrl: false, NeedsKey: true),
        new("llama-cpp", NeedsBaseUrl: true, NeedsKey: false),
        new("cohere", NeedsBaseUrl: false, NeedsKey: true),
        new("ollama-native", NeedsBaseUrl: false, NeedsKey: false),
        new("custom_ai", NeedsBaseUrl: true, NeedsKey: false),
        new("simulator", NeedsBaseUrl: false, NeedsKey: false),
    ];
}
