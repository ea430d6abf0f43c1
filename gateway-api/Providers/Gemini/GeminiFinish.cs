using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>What Gemini's words for the end of an answer mean.</summary>
internal static class GeminiFinish
{
    /// <summary>
    /// Reads <c>finishReason</c>. Whatever is neither the usual end nor the limit has kept something back: a filter, a
    /// word that is new. None of these may look like a complete answer.
    /// </summary>
    /// <param name="name">The word.</param>
    /// <param name="hasCalls">The answer calls functions; Gemini has no word of its own for that.</param>
    /// <returns><see langword="null"/>: the model called a function in a way that could not be read, and there is no answer.</returns>
    /// <remarks>A call that broke is nobody's filter: another try, here or elsewhere, mostly succeeds.</remarks>
    public static FinishReason? Parse(ReadOnlySpan<byte> name, bool hasCalls) =>
        name.SequenceEqual("STOP"u8) ? (hasCalls ? FinishReason.ToolCalls : FinishReason.Stop)
        : name.SequenceEqual("MAX_TOKENS"u8) ? FinishReason.Length
        : name.SequenceEqual("MALFORMED_FUNCTION_CALL"u8) || name.SequenceEqual("UNEXPECTED_TOOL_CALL"u8) ? null
        : FinishReason.ContentFilter;
}
