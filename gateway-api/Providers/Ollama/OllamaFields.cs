using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>What becomes of the fields of a request that is sent to Ollama.</summary>
internal static class OllamaFields
{
    /// <summary>The whole table. The last three of those that are mapped are Ollama's own.</summary>
    public static readonly FieldTable Table = new(
        "Ollama",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop",
            "seed", "frequency_penalty", "presence_penalty", "tools", "tool_choice", "response_format", "reasoning_effort", "thinking",
            "think", "options", "keep_alive",
        ],
        dropped:
        [
            "parallel_tool_calls", "user", "safety_identifier", "logit_bias", "top_logprobs", "metadata", "store", "service_tier", "prediction",
            "verbosity", "prompt_cache_key", "prompt_cache_retention",
        ],
        refused: ["n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
