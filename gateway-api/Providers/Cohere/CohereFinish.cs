using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Reads Cohere's words for why an answer ended.</summary>
internal static class CohereFinish
{
    /// <returns><see langword="null"/> when the answer is none: the model or the server failed.</returns>
    public static FinishReason? Parse(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("TOOL_CALL"u8) ? FinishReason.ToolCalls
        : word.SequenceEqual("MAX_TOKENS"u8) || word.SequenceEqual("ERROR_LIMIT"u8) ? FinishReason.Length
        : word.SequenceEqual("ERROR_TOXIC"u8) ? FinishReason.ContentFilter
        : word.IsEmpty || word.SequenceEqual("ERROR"u8) || word.SequenceEqual("TIMEOUT"u8) ? null
        : FinishReason.Stop;
}
