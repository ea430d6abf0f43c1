using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Reads Converse's <c>stopReason</c>.</summary>
internal static class BedrockFinish
{
    /// <summary>What a word means; <see langword="null"/>: the model's output is broken, and so is the answer.</summary>
    /// <param name="word">As it stands, unescaped; what is not known is the usual end.</param>
    /// <param name="hasCalls">Whether the client was told of calls: then it has to answer them.</param>
    public static FinishReason? Read(ReadOnlySpan<byte> word, bool hasCalls)
    {
        if (word.SequenceEqual("malformed_model_output"u8) || word.SequenceEqual("malformed_tool_use"u8))
        {
            return null;
        }

        if (word.SequenceEqual("max_tokens"u8) || word.SequenceEqual("model_context_window_exceeded"u8))
        {
            return FinishReason.Length;
        }

        if (word.SequenceEqual("guardrail_intervened"u8) || word.SequenceEqual("content_filtered"u8) || word.SequenceEqual("refusal"u8))
        {
            return FinishReason.ContentFilter;
        }

        return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
    }
}
