using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>What becomes of the fields of a request that is translated for Anthropic.</summary>
internal static class AnthropicFields
{
    /// <summary>The whole table.</summary>
    public static readonly FieldTable Table = new(
        "Anthropic",
        mapped:
        [
            "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "stream", "stream_options",
            "tools", "tool_choice", "parallel_tool_calls", "response_format", "reasoning_effort", "thinking", "user", "safety_identifier",
            "service_tier",
        ],
        dropped:
        [
            "frequency_penalty", "presence_penalty", "logit_bias", "seed", "top_logprobs", "metadata", "store", "prediction", "verbosity",
            "prompt_cache_key", "prompt_cache_retention",
        ],
        refused: ["n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
