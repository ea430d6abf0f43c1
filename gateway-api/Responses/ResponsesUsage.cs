using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>Tokens billed as Responses tells them: input and output are sums of their details.</summary>
internal static class ResponsesUsage
{
    /// <summary>Writes the <c>usage</c> object as a value; null where it is not told.</summary>
    /// <param name="json">Takes the object.</param>
    /// <param name="told">Tokens billed.</param>
    /// <param name="costDollars">What they cost; <see langword="null"/>: not told here.</param>
    public static void Write(Utf8JsonWriter json, TokenUsage? told, decimal? costDollars)
    {
        if (told is not { } usage)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.Prompt);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CacheRead);
        json.WriteNumber("cache_write_tokens"u8, usage.CacheWrite);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.Completion);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.Prompt + usage.Completion);
        if (costDollars is { } cost)
        {
            json.WriteNumber("cost_usd"u8, cost);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a <c>usage</c> object into disjoint buckets; <see langword="null"/>: it is none.</summary>
    public static TokenUsage? Read(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        usage.TryGetValue("input_tokens_details", out var inputDetails);
        usage.TryGetValue("output_tokens_details", out var outputDetails);
        var input = usage.GetCount("input_tokens");
        var output = usage.GetCount("output_tokens");

        // Some servers report more cached than was sent: no bucket may be negative.
        var read = Math.Min(inputDetails.GetCount("cached_tokens"), input);
        var written = Math.Min(inputDetails.GetCount("cache_write_tokens"), input - read);
        var reasoning = Math.Min(outputDetails.GetCount("reasoning_tokens"), output);
        return new TokenUsage(input - read - written, read, written, output - reasoning, reasoning);
    }
}
