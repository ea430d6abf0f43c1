using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Brings what OpenAI's clients cannot read into a form they can: content as an array of parts (reasoning of Mistral),
/// and pieces of calls without their <c>index</c>. Slow, and rarely needed.
/// </summary>
internal static class OpenAiRepair
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = 128 };

    /// <summary>Writes a repaired event, framed.</summary>
    /// <param name="data">A chunk that was read without error.</param>
    /// <param name="hideUsage">Leave the member <c>usage</c> out.</param>
    /// <param name="calls">How many calls without an index the stream has had.</param>
    /// <param name="output">Takes the event, whole or not at all.</param>
    /// <exception cref="InvalidOperationException">A string has half a surrogate pair in an escape.</exception>
    public static void RepairEvent(ReadOnlySpan<byte> data, bool hideUsage, ref int calls, IBufferWriter<byte> output)
    {
        var repaired = new ArrayBufferWriter<byte>(data.Length);
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = DocumentOptions.MaxDepth });
        using (var document = JsonDocument.ParseValue(ref reader))
        using (var json = new Utf8JsonWriter(repaired, Options))
        {
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.NameEquals("choices"u8) && member.Value.ValueKind == JsonValueKind.Array)
                {
                    WriteChoices(json, member, "delta", ref calls);
                }
                else if (!hideUsage || !member.NameEquals("usage"u8))
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        output.Write("data: "u8);
        output.Write(repaired.WrittenSpan);
        output.Write("\n\n"u8);
    }

    /// <summary>Writes a repaired whole answer, or nothing.</summary>
    /// <exception cref="InvalidOperationException">A string has half a surrogate pair in an escape.</exception>
    public static void RepairAnswer(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        var repaired = new ArrayBufferWriter<byte>(body.Length);
        WriteAnswer(body, repaired);
        output.Write(repaired.WrittenSpan);
    }

    private static void WriteAnswer(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DocumentOptions.MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        using var json = new Utf8JsonWriter(output, Options);
        var calls = 0;
        json.WriteStartObject();
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.NameEquals("choices"u8) && member.Value.ValueKind == JsonValueKind.Array)
            {
                WriteChoices(json, member, "message", ref calls);
            }
            else
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The members that all chunks of a stream share, as the beginning of an object without its end.</summary>
    /// <exception cref="InvalidOperationException">A string has half a surrogate pair in an escape.</exception>
    public static byte[] Envelope(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = DocumentOptions.MaxDepth });
        using var document = JsonDocument.ParseValue(ref reader);
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name is "id" or "created" or "model" or "system_fingerprint")
                {
                    member.WriteTo(json);
                }
            }

            json.WriteString("object"u8, "chat.completion.chunk"u8);
            json.WriteEndObject();
        }

        return output.WrittenSpan[..^1].ToArray();
    }

    private static void WriteChoices(Utf8JsonWriter json, JsonProperty choices, string part, ref int calls)
    {
        json.WriteStartArray(choices.Name);
        foreach (var choice in choices.Value.EnumerateArray())
        {
            if (choice.ValueKind != JsonValueKind.Object)
            {
                choice.WriteTo(json);
                continue;
            }

            json.WriteStartObject();
            foreach (var member in choice.EnumerateObject())
            {
                if (member.NameEquals(part) && member.Value.ValueKind == JsonValueKind.Object)
                {
                    WritePart(json, member, isDelta: part == "delta", ref calls);
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter json, JsonProperty part, bool isDelta, ref int calls)
    {
        json.WriteStartObject(part.Name);
        foreach (var member in part.Value.EnumerateObject())
        {
            var isArray = member.Value.ValueKind == JsonValueKind.Array;
            if (isArray && member.NameEquals("content"u8))
            {
                WriteContent(json, member.Value);
            }
            else if (isArray && isDelta && member.NameEquals("tool_calls"u8))
            {
                WriteCalls(json, member.Value, ref calls);
            }
            else
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, JsonElement parts)
    {
        var text = new StringBuilder();
        var reasoning = new StringBuilder();
        foreach (var part in parts.EnumerateArray())
        {
            Collect(part, text, reasoning);
        }

        if (text.Length > 0 || reasoning.Length == 0)
        {
            json.WriteString("content"u8, text.ToString());
        }

        if (reasoning.Length > 0)
        {
            json.WriteString("reasoning_content"u8, reasoning.ToString());
        }
    }

    private static void Collect(JsonElement part, StringBuilder text, StringBuilder reasoning)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            text.Append(part.GetString());
        }

        if (part.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (part.TryGetProperty("text"u8, out var said) && said.ValueKind == JsonValueKind.String)
        {
            text.Append(said.GetString());
        }

        if (!part.TryGetProperty("thinking"u8, out var thought))
        {
            return;
        }

        if (thought.ValueKind == JsonValueKind.String)
        {
            reasoning.Append(thought.GetString());
        }
        else if (thought.ValueKind == JsonValueKind.Array)
        {
            foreach (var piece in thought.EnumerateArray())
            {
                Collect(piece, reasoning, reasoning);
            }
        }
    }

    private static void WriteCalls(Utf8JsonWriter json, JsonElement pieces, ref int calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var piece in pieces.EnumerateArray())
        {
            var hasIndex = piece.ValueKind != JsonValueKind.Object
                || (piece.TryGetProperty("index"u8, out var index) && index.ValueKind == JsonValueKind.Number);
            if (hasIndex)
            {
                piece.WriteTo(json);
                continue;
            }

            // Who sends no index sends calls whole, one after the other; a piece without an id goes on with the last one.
            var isNew = piece.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String;
            calls += isNew || calls == 0 ? 1 : 0;
            json.WriteStartObject();
            json.WriteNumber("index"u8, calls - 1);
            if (isNew && !piece.TryGetProperty("type"u8, out _))
            {
                json.WriteString("type"u8, "function"u8);
            }

            foreach (var member in piece.EnumerateObject())
            {
                if (!member.NameEquals("index"u8))
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
