using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>What Gemini's words for the end of an answer mean.</summary>
internal static class GeminiFinish
{
    /// <summary>
    /// Reads <c>finishReason</c>. Whatever is neither the usual end nor the limit has kept something back: a filter, a
    /// call that could not be read, a word that is new. None of these may look like a complete answer.
    /// </summary>
    /// <param name="name">The word.</param>
    /// <param name="hasCalls">The answer calls functions; Gemini has no word of its own for that.</param>
    public static FinishReason Parse(ReadOnlySpan<byte> name, bool hasCalls) =>
        name.SequenceEqual("STOP"u8) ? (hasCalls ? FinishReason.ToolCalls : FinishReason.Stop)
        : name.SequenceEqual("MAX_TOKENS"u8) ? FinishReason.Length
        : FinishReason.ContentFilter;
}
