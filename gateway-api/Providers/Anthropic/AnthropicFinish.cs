namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Anthropic's <c>stop_reason</c> in OpenAI's words.</summary>
internal static class AnthropicFinish
{
    /// <summary>The <c>finish_reason</c>. A reason that is new is an ordinary end.</summary>
    public static string From(string? stopReason) => stopReason switch
    {
        "max_tokens" or "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => "stop",
    };
}
