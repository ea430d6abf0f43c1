using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Writes <c>options</c>: those that a client sent in Ollama's own form, and before them what OpenAI's fields say.</summary>
internal static class OllamaOptions
{
    public static void Write(Conversation conversation, Utf8JsonWriter json)
    {
        var members = Mapped(conversation);
        var own = conversation.Fields.TryGetValue("options", out var options) ? options : default;
        if (members.Count == 0 && conversation.Seed is null && conversation.Stop.Count == 0 && own.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        json.WriteStartObject("options"u8);
        foreach (var (name, value) in members)
        {
            json.WriteNumber(name, value);
        }

        if (conversation.Seed is { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }

        WriteStop(conversation.Stop, json);
        WriteOwn(own, conversation, members, json);
        json.WriteEndObject();
    }

    private static Dictionary<string, double> Mapped(Conversation conversation)
    {
        var members = new Dictionary<string, double>(StringComparer.Ordinal);
        Add("num_predict", conversation.MaxOutputTokens > 0 ? conversation.MaxOutputTokens : null);
        Add("temperature", conversation.Temperature);
        Add("top_p", conversation.TopP);
        Add("top_k", conversation.TopK);
        Add("frequency_penalty", conversation.FrequencyPenalty);
        Add("presence_penalty", conversation.PresencePenalty);
        return members;

        void Add(string name, double? value)
        {
            if (value is { } number)
            {
                members[name] = number;
            }
        }
    }

    private static void WriteStop(IReadOnlyList<string> sequences, Utf8JsonWriter json)
    {
        if (sequences.Count == 0)
        {
            return;
        }

        json.WriteStartArray("stop"u8);
        foreach (var sequence in sequences)
        {
            json.WriteStringValue(sequence);
        }

        json.WriteEndArray();
    }

    private static void WriteOwn(JsonElement own, Conversation conversation, Dictionary<string, double> members, Utf8JsonWriter json)
    {
        if (own.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var option in own.EnumerateObject())
        {
            var isSaid = members.ContainsKey(option.Name)
                || (option.Name == "seed" && conversation.Seed is not null)
                || (option.Name == "stop" && conversation.Stop.Count > 0);
            if (!isSaid)
            {
                option.WriteTo(json);
            }
        }
    }
}
