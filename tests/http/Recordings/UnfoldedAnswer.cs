using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>A whole answer as the stream that its provider would have sent of it.</summary>
internal static class UnfoldedAnswer
{
    public static byte[] Of(Recording recording) => Of(recording.Api, JsonNode.Parse(recording.Body)!.AsObject());

    /// <param name="api">The wire format, as the manifest calls it.</param>
    /// <param name="whole">The provider's whole answer.</param>
    public static byte[] Of(string api, JsonObject whole) => api switch
    {
        "openai" => CompletionUnfolder.Unfold(whole),
        "anthropic" => MessageUnfolder.Unfold(whole),
        "openai-responses" => ResponseUnfolder.Unfold(whole),
        "gemini" => GeminiUnfolder.Unfold(whole),
        "bedrock" => BedrockUnfolder.Unfold(whole),
        "cohere" => CohereUnfolder.Unfold(whole),
        "ollama" => OllamaUnfolder.Unfold(whole),
        _ => throw new InvalidOperationException($"Nothing unfolds answers of {api}."),
    };
}
