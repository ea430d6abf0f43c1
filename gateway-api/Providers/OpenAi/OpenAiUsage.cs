using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Reads a <c>usage</c> object into disjoint buckets.</summary>
internal static class OpenAiUsage
{
    /// <param name="reader">At the object's start; left at its end.</param>
    public static TokenUsage Read(ref Utf8JsonReader reader)
    {
        long prompt = 0, completion = 0, total = 0, cached = 0, written = 0, reasoning = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                prompt = JsonText.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                completion = JsonText.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("total_tokens"u8))
            {
                total = JsonText.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
            {
                ReadDetails(ref reader, "cached_tokens"u8, ref cached, "cache_write_tokens"u8, ref written);
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
            {
                ReadDetails(ref reader, "reasoning_tokens"u8, ref reasoning, default, ref reasoning);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return Disjoint(prompt, completion, total, cached, written, reasoning);
    }

    // Providers count differently: some leave reasoning out of the completion, some report more cached than sent.
    private static TokenUsage Disjoint(long prompt, long completion, long total, long cached, long written, long reasoning)
    {
        var read = Math.Min(cached, prompt);
        var write = Math.Min(written, prompt - read);
        var isReasoningApart = reasoning > 0 && total == prompt + completion + reasoning;
        var thought = isReasoningApart ? reasoning : Math.Min(reasoning, completion);
        return new TokenUsage(prompt - read - write, read, write, isReasoningApart ? completion : completion - thought, thought);
    }

    private static void ReadDetails(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> first, ref long firstCount, ReadOnlySpan<byte> second, ref long secondCount)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(first))
            {
                firstCount = JsonText.ReadCount(ref reader);
            }
            else if (!second.IsEmpty && reader.ValueTextEquals(second))
            {
                secondCount = JsonText.ReadCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }
}
