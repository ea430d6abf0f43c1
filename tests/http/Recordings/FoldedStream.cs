namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>A stream put together into the provider's whole answer.</summary>
internal static class FoldedStream
{
    public static byte[] Of(Recording recording) => recording.Api switch
    {
        "anthropic" => MessageFolder.Fold(recording.Body),
        "gemini" => GeminiFolder.Fold(recording.Body),
        "bedrock" => BedrockFolder.Fold(recording.Body),
        "cohere" => CohereFolder.Fold(recording.Body),
        "ollama" => OllamaFolder.Fold(recording.Body),
        _ => throw new InvalidOperationException($"Nothing folds streams of {recording.Api}."),
    };
}
