using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Writes a conversation as a <c>GenerateContentRequest</c>. The model and whether to stream are told by the address.</summary>
internal static class GeminiRequest
{
    private const double HighestTemperature = 2;
    private const int MostStopSequences = 5;

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    /// <param name="conversation">What is asked.</param>
    /// <param name="version">The model's, and what its platform takes.</param>
    /// <param name="output">Takes the request.</param>
    /// <param name="notes">Takes what could not be carried over.</param>
    public static Refusal? Write(Conversation conversation, GeminiVersion version, IBufferWriter<byte> output, TranslationNotes notes)
    {
        if (GeminiFields.Table.Judge(conversation, notes) is { } refusal)
        {
            return refusal;
        }

        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        if (new GeminiContents(conversation, version, json, notes).Write() is { } fault)
        {
            return fault;
        }

        GeminiTools.Write(conversation, json, notes);
        CopyField(conversation, "safety_settings", "safetySettings"u8, json);
        CopyField(conversation, "cached_content", "cachedContent"u8, json);
        json.WriteStartObject("generationConfig"u8);
        if (WriteFormat(conversation, version, json) is { } faulty)
        {
            return faulty;
        }

        if (WriteSampling(conversation, json, notes) is { } wrong)
        {
            return wrong;
        }

        GeminiThinking.Write(conversation, version, json, notes);
        json.WriteEndObject();
        json.WriteEndObject();
        return null;
    }

    private static void CopyField(Conversation conversation, string name, ReadOnlySpan<byte> member, Utf8JsonWriter json)
    {
        if (conversation.Fields.TryGetValue(name, out var value))
        {
            json.WritePropertyName(member);
            value.WriteTo(json);
        }
    }

    private static Refusal? WriteFormat(Conversation conversation, GeminiVersion version, Utf8JsonWriter json)
    {
        var format = conversation.Format;
        if (format.Kind == AnswerFormatKind.Text)
        {
            return null;
        }

        if (!version.MixesToolsAndJson && conversation.Tools.Count > 0 && conversation.ToolChoice.Kind != ToolChoiceKind.None)
        {
            return Refusals.UnsupportedParameter("response_format", "This model (Google Gemini before 3) cannot answer in JSON where it may call functions.");
        }

        json.WriteString("responseMimeType"u8, "application/json"u8);
        if (format.Kind == AnswerFormatKind.JsonSchema)
        {
            json.WritePropertyName("responseJsonSchema"u8);
            GeminiSchema.Write(format.Schema, json);
        }

        return null;
    }

    private static Refusal? WriteSampling(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.MaxOutputTokens > 0)
        {
            json.WriteNumber("maxOutputTokens"u8, conversation.MaxOutputTokens);
        }

        if (conversation.Temperature is { } temperature)
        {
            if (temperature > HighestTemperature)
            {
                notes.Changed("temperature", "lowered to 2");
            }

            json.WriteNumber("temperature"u8, Math.Min(temperature, HighestTemperature));
        }

        WriteNumber("topP"u8, conversation.TopP);
        WriteNumber("topK"u8, conversation.TopK > 0 ? conversation.TopK : null);
        WriteNumber("frequencyPenalty"u8, conversation.FrequencyPenalty);
        WriteNumber("presencePenalty"u8, conversation.PresencePenalty);
        WriteSeed(conversation.Seed, json, notes);
        return WriteStop(conversation.Stop, json);

        void WriteNumber(ReadOnlySpan<byte> name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
        }
    }

    private static void WriteSeed(long? seed, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (seed is >= int.MinValue and <= int.MaxValue)
        {
            json.WriteNumber("seed"u8, seed.Value);
        }
        else if (seed is not null)
        {
            notes.Dropped("seed");
        }
    }

    private static Refusal? WriteStop(IReadOnlyList<string> stop, Utf8JsonWriter json)
    {
        var sequences = stop.Where(static sequence => sequence.Length > 0).ToList();
        if (sequences.Count == 0)
        {
            return null;
        }

        if (sequences.Count > MostStopSequences)
        {
            return Refusals.UnsupportedParameter("stop", "This model's provider (Google Gemini) takes at most 5 stop sequences.");
        }

        json.WriteStartArray("stopSequences"u8);
        sequences.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        return null;
    }
}
