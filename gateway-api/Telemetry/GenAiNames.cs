using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>The names that OpenTelemetry's conventions give to operations and providers; our own where there is none.</summary>
internal static class GenAiNames
{
    public static string OperationOf(InferenceOperation operation) => operation switch
    {
        InferenceOperation.Completions or InferenceOperation.CompletionsByChat => "text_completion",
        InferenceOperation.Embeddings => "embeddings",
        _ when operation.IsChat() => "chat",
        _ => GatewayMetrics.RouteOf(operation),
    };

    /// <param name="type">The provider's type in configuration.</param>
    public static string ProviderOf(string type) => type switch
    {
        "azure-openai" => "azure.ai.openai",
        "bedrock" => "aws.bedrock",
        "gemini" => "gcp.gemini",
        "vertex" => "gcp.vertex_ai",
        "mistral" => "mistral_ai",
        "xai" => "x_ai",
        "moonshot" => "moonshot_ai",
        "ollama-native" => "ollama",
        "openai-responses" => "openai",
        _ => type,
    };
}
