using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>
/// What becomes of the fields of a request that is translated into Responses. One that came as Responses is not: its
/// bytes go through. The documented form is <c>docs/providers/openai-responses.md</c>.
/// </summary>
internal static class ResponsesProviderFields
{
    /// <summary>Members that mean the same in Responses, and go through as they are.</summary>
    public static readonly string[] Copied =
        ["metadata", "service_tier", "prompt_cache_key", "prompt_cache_retention", "user", "safety_identifier"];

    /// <summary>The whole table.</summary>
    public static readonly FieldTable Table = new(
        "OpenAI's Responses",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "tools", "tool_choice",
            "parallel_tool_calls", "response_format", "reasoning_effort", "thinking", "verbosity", "store", .. Copied,
        ],
        dropped: ["frequency_penalty", "presence_penalty", "logit_bias", "seed", "top_k", "top_logprobs", "prediction"],
        refused: ["n", "stop", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options"]);
}
