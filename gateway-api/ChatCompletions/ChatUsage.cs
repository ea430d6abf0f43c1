using System.Text.Json;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Tokens billed as Chat Completions tells them: prompt and completion are sums of their details.</summary>
internal static class ChatUsage
{
    /// <summary>Writes the <c>usage</c> object as a value.</summary>
    /// <param name="json">Takes the object.</param>
    /// <param name="usage">Tokens billed.</param>
    /// <param name="costDollars">What they cost; <see langword="null"/>: not told here.</param>
    public static void Write(Utf8JsonWriter json, in TokenUsage usage, decimal? costDollars = null)
    {
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens"u8, usage.Prompt);
        json.WriteNumber("completion_tokens"u8, usage.Completion);
        json.WriteNumber("total_tokens"u8, usage.Prompt + usage.Completion);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CacheRead);
        json.WriteNumber("cache_write_tokens"u8, usage.CacheWrite);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteEndObject();
        if (costDollars is { } cost)
        {
            json.WriteNumber("cost_usd"u8, cost);
        }

        json.WriteEndObject();
    }
}
