using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Anthropic's words for why an answer ended.</summary>
internal static class MessagesFinish
{
    /// <param name="reason">Why it ended.</param>
    /// <param name="stopSequence">The sequence that ended it; <see langword="null"/>: none did, or it is not told.</param>
    /// <param name="hasRefused">The model said that it would not answer.</param>
    public static string NameOf(FinishReason reason, string? stopSequence, bool hasRefused) => reason switch
    {
        FinishReason.Stop when hasRefused => "refusal",
        FinishReason.Stop when stopSequence is not null => "stop_sequence",
        FinishReason.Stop => "end_turn",
        FinishReason.Length => "max_tokens",
        FinishReason.ToolCalls => "tool_use",
        FinishReason.ContentFilter => "refusal",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason has no name."),
    };
}
