using System.Text.Json;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Tokens billed as Anthropic tells them: input in disjoint counts, output with its thoughts.</summary>
internal static class MessagesUsage
{
    /// <summary>Writes the <c>usage</c> object as a value.</summary>
    /// <param name="json">Takes the object.</param>
    /// <param name="usage">Tokens billed.</param>
    /// <param name="costDollars">What they cost; <see langword="null"/>: not told here.</param>
    public static void Write(Utf8JsonWriter json, in TokenUsage usage, decimal? costDollars = null)
    {
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.UncachedInput);
        json.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWrite);
        json.WriteNumber("cache_read_input_tokens"u8, usage.CacheRead);
        json.WriteNumber("output_tokens"u8, usage.Completion);
        if (usage.Reasoning > 0)
        {
            json.WriteStartObject("output_tokens_details"u8);
            json.WriteNumber("thinking_tokens"u8, usage.Reasoning);
            json.WriteEndObject();
        }

        if (costDollars is { } cost)
        {
            json.WriteNumber("cost_usd"u8, cost);
        }

        json.WriteEndObject();
    }
}
