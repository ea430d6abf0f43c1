using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Reads <c>done_reason</c>.</summary>
internal static class OllamaFinish
{
    /// <param name="word">The word; empty: older servers give none.</param>
    /// <param name="hasCalls">Whether the model called tools, which has no word of its own.</param>
    public static FinishReason Parse(ReadOnlySpan<byte> word, bool hasCalls) =>
        word.SequenceEqual("length"u8) ? FinishReason.Length
        : hasCalls ? FinishReason.ToolCalls
        : FinishReason.Stop;
}
