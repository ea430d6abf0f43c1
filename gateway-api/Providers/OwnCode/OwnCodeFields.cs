using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>What becomes of the fields of a request that is answered by an extension's code.</summary>
internal static class OwnCodeFields
{
    /// <summary>The whole table.</summary>
    public static readonly FieldTable Table = new(
        "an extension",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "seed",
            "frequency_penalty", "presence_penalty", "tools", "tool_choice", "parallel_tool_calls", "response_format", "reasoning_effort", "thinking",
            "user", "safety_identifier",
        ],
        dropped:
        [
            "logit_bias", "top_logprobs", "metadata", "store", "service_tier", "prediction", "verbosity", "prompt_cache_key", "prompt_cache_retention",
        ],
        refused: ["n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
