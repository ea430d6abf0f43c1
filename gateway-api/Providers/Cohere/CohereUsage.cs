using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>
/// Reads a <c>usage</c> object into disjoint buckets: what the model read and wrote (<c>tokens</c>), or where that is
/// missing what is billed (<c>billed_units</c>), which leaves Cohere's own instructions out.
/// </summary>
internal static class CohereUsage
{
    /// <param name="reader">At the object's start; left at its end.</param>
    public static TokenUsage Read(ref Utf8JsonReader reader)
    {
        Counts tokens = default, billed = default;
        long cached = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tokens"u8))
            {
                tokens = ReadCounts(ref reader);
            }
            else if (reader.ValueTextEquals("billed_units"u8))
            {
                billed = ReadCounts(ref reader);
            }
            else if (reader.ValueTextEquals("cached_tokens"u8))
            {
                cached = ReadCount(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }

        var told = tokens.Input + tokens.Output > 0 ? tokens : billed;
        var read = Math.Min(cached, told.Input);
        var thought = Math.Min(told.Reasoning, told.Output);
        return new TokenUsage(told.Input - read, read, 0, told.Output - thought, thought);
    }

    private static Counts ReadCounts(ref Utf8JsonReader reader)
    {
        Counts counts = default;
        if (!JsonText.EnterObject(ref reader))
        {
            return counts;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                counts.Input = ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                counts.Output = ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("reasoning_tokens"u8))
            {
                counts.Reasoning = ReadCount(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }

        return counts;
    }

    // Cohere's schema says "number": 11 and 11.0 are the same.
    private static long ReadCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var count))
        {
            return count >= 0 ? (long)Math.Min(count, JsonText.MostCount) : 0;
        }

        reader.Skip();
        return 0;
    }

    private record struct Counts(long Input, long Output, long Reasoning);
}
