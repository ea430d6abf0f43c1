using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>What becomes of the fields of a request that is sent to Bedrock, as <c>docs/providers/bedrock.md</c> tells it.</summary>
internal static class BedrockFields
{
    /// <summary>Bedrock's own, which go through as they are.</summary>
    public static readonly string[] Copied = ["guardrailConfig", "performanceConfig", "requestMetadata"];

    /// <summary>The whole table.</summary>
    public static readonly FieldTable Table = new(
        "Amazon Bedrock",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "tools",
            "tool_choice", "response_format", "reasoning_effort", "thinking", "service_tier", "additionalModelRequestFields", .. Copied,
        ],
        dropped:
        [
            "parallel_tool_calls", "frequency_penalty", "presence_penalty", "logit_bias", "seed", "top_logprobs", "metadata", "store", "prediction",
            "verbosity", "prompt_cache_key", "prompt_cache_retention", "user", "safety_identifier",
        ],
        refused: ["n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
