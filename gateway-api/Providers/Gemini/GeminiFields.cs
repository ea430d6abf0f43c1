using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>What becomes of each field of a request that is sent to Gemini. Its documented form is <c>docs/providers/gemini.md</c>.</summary>
internal static class GeminiFields
{
    public static readonly FieldTable Table = new(
        "Google Gemini",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop",
            "frequency_penalty", "presence_penalty", "seed", "tools", "tool_choice", "parallel_tool_calls", "response_format",
            "reasoning_effort", "thinking", "safety_settings", "cached_content",
        ],
        dropped:
        [
            "user", "safety_identifier", "logit_bias", "top_logprobs", "metadata", "store", "service_tier", "prediction", "verbosity",
            "prompt_cache_key", "prompt_cache_retention",
        ],
        refused: ["n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
