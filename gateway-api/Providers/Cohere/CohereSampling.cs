using System.Globalization;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Writes what steers the choice of tokens, within the bounds that Cohere sets.</summary>
internal sealed class CohereSampling(Utf8JsonWriter json, TranslationNotes notes)
{
    // From the reference of /v2/chat.
    private static readonly (double Least, double Most) Share = (0.01, 0.99);
    private static readonly (double Least, double Most) Penalty = (0, 1);
    private static readonly (double Least, double Most) TopK = (0, 500);

    public void Write(Conversation conversation)
    {
        if (conversation.MaxOutputTokens > 0)
        {
            json.WriteNumber("max_tokens"u8, conversation.MaxOutputTokens);
        }

        if (conversation.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }

        WriteWithin("p", "top_p", conversation.TopP, Share);
        WriteWithin("k", "top_k", conversation.TopK, TopK);
        WriteWithin("frequency_penalty", "frequency_penalty", conversation.FrequencyPenalty, Penalty);
        WriteWithin("presence_penalty", "presence_penalty", conversation.PresencePenalty, Penalty);
        WriteSeed(conversation.Seed);
        WriteStop(conversation.Stop);
    }

    private void WriteWithin(string member, string field, double? value, (double Least, double Most) bounds)
    {
        if (value is not { } number)
        {
            return;
        }

        var sent = Math.Clamp(number, bounds.Least, bounds.Most);
        if (sent != number)
        {
            notes.Changed(field, string.Create(CultureInfo.InvariantCulture, $"sent as {sent}"));
        }

        json.WriteNumber(member, sent);
    }

    private void WriteSeed(long? seed)
    {
        if (seed >= 0)
        {
            json.WriteNumber("seed"u8, seed.Value);
        }
        else if (seed is not null)
        {
            notes.Dropped("seed");
        }
    }

    private void WriteStop(IReadOnlyList<string> sequences)
    {
        if (sequences.Count == 0)
        {
            return;
        }

        json.WriteStartArray("stop_sequences"u8);
        foreach (var sequence in sequences)
        {
            json.WriteStringValue(sequence);
        }

        json.WriteEndArray();
    }
}
