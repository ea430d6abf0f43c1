using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// One event of a stream as one pass over its top level finds it. The id and the model may stand behind the content
/// that needs them, so the candidate is only located here and read by <see cref="GeminiPart"/>.
/// </summary>
internal ref struct GeminiEvent
{
    /// <summary><c>responseId</c>, as a JSON string; empty: none.</summary>
    public ReadOnlySpan<byte> Id;

    /// <summary><c>modelVersion</c>, as a JSON string; empty: none.</summary>
    public ReadOnlySpan<byte> Model;

    /// <summary>The list of candidates, raw JSON; empty: none.</summary>
    public ReadOnlySpan<byte> Candidates;

    /// <summary>The prompt was refused: no candidate will come.</summary>
    public bool IsPromptBlocked;

    /// <summary>The event is an error.</summary>
    public bool IsError;

    /// <summary>Reads an event. Usage is taken up as it is met.</summary>
    /// <returns><see langword="false"/>: not one JSON object in UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, ref GeminiUsage usage, out GeminiEvent read)
    {
        read = default;
        if (!Utf8.IsValid(data))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(data);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            var found = default(GeminiEvent);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                found.ReadMember(ref reader, data, ref usage);
            }

            read = found;

            // Anything after the object is a fault, and is found by reading on.
            return !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data, scoped ref GeminiUsage usage)
    {
        if (reader.ValueTextEquals("candidates"u8))
        {
            Candidates = ReadRaw(ref reader, data, JsonTokenType.StartArray);
        }
        else if (reader.ValueTextEquals("usageMetadata"u8))
        {
            reader.Read();
            usage.Read(ref reader);
        }
        else if (reader.ValueTextEquals("responseId"u8))
        {
            Id = JsonText.ReadString(ref reader, data);
        }
        else if (reader.ValueTextEquals("modelVersion"u8))
        {
            Model = JsonText.ReadString(ref reader, data);
        }
        else if (reader.ValueTextEquals("promptFeedback"u8))
        {
            IsPromptBlocked = ReadRaw(ref reader, data, JsonTokenType.StartObject).IndexOf("\"blockReason\""u8) >= 0;
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            IsError = !ReadRaw(ref reader, data, JsonTokenType.StartObject).IsEmpty;
        }
        else
        {
            reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> ReadRaw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data, JsonTokenType type)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isExpected = reader.TokenType == type;
        reader.Skip();
        return isExpected ? data[start..(int)reader.BytesConsumed] : default;
    }
}
