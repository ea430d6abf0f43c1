using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>What becomes of the fields of a request that is sent to Cohere.</summary>
internal static class CohereFields
{
    /// <summary>Cohere's own fields, which go through as they are.</summary>
    public static readonly string[] Copied = ["documents", "citation_options", "safety_mode", "priority"];

    /// <summary>The whole table.</summary>
    public static readonly FieldTable Table = new(
        "Cohere",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop",
            "seed", "frequency_penalty", "presence_penalty", "tools", "tool_choice", "response_format", "reasoning_effort", "thinking",
            .. Copied,
        ],
        dropped:
        [
            "parallel_tool_calls", "user", "safety_identifier", "logit_bias", "top_logprobs", "metadata", "store", "service_tier", "prediction",
            "verbosity", "prompt_cache_key", "prompt_cache_retention",
        ],
        refused: ["n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
