using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// What becomes of the fields of a request that is translated into Chat Completions. A request that came as one is not:
/// its bytes go through.
/// </summary>
internal static class OpenAiFields
{
    /// <summary>Members that mean the same in every dialect that has them, and go through as they are.</summary>
    public static readonly string[] Copied =
    [
        "n", "logit_bias", "logprobs", "top_logprobs", "metadata", "store", "service_tier", "prediction", "verbosity",
        "prompt_cache_key", "prompt_cache_retention", "modalities", "audio", "web_search_options", "user", "safety_identifier",
    ];

    /// <summary>The whole table.</summary>
    public static readonly FieldTable Table = new(
        "OpenAI's Chat Completions",
        mapped:
        [
            "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "tools",
            "tool_choice", "parallel_tool_calls", "response_format", "reasoning_effort", "thinking", "frequency_penalty", "presence_penalty",
            "seed", .. Copied,
        ],
        dropped: ["top_k"],
        refused: ["functions", "function_call"]);
}
