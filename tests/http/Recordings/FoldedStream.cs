using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>A stream put together into the provider's whole answer.</summary>
internal static class FoldedStream
{
    public static byte[] Of(Recording recording) => recording.Api switch
    {
        "openai" => CompletionFolder.Fold(recording.Body),
        "anthropic" => MessageFolder.Fold(recording.Body),
        "openai-responses" => LastResponse(recording.Body),
        "gemini" => GeminiFolder.Fold(recording.Body),
        "bedrock" => BedrockFolder.Fold(recording.Body),
        "cohere" => CohereFolder.Fold(recording.Body),
        "ollama" => OllamaFolder.Fold(recording.Body),
        _ => throw new InvalidOperationException($"Nothing folds streams of {recording.Api}."),
    };

    // The event that ends a stream of Responses holds the whole answer.
    private static byte[] LastResponse(byte[] stream)
    {
        const string Data = "data: ";
        var last = Encoding.UTF8.GetString(stream).Split('\n').Last(static line => line.StartsWith(Data, StringComparison.Ordinal) && line.Contains("\"response\"", StringComparison.Ordinal));
        return Encoding.UTF8.GetBytes(JsonNode.Parse(last[Data.Length..])!["response"]!.ToJsonString());
    }
}
