using System.Text.Json;
using System.Text.Unicode;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// One event of a stream as one pass over its bytes finds it, members in any order. Text stays escaped JSON, quotes
/// included, so that it can be copied into the client's event as it is.
/// </summary>
internal ref struct AnthropicEvent
{
    /// <summary><c>type</c>, of the event.</summary>
    public AnthropicEventKind Kind;

    /// <summary><c>index</c>: the block an event belongs to.</summary>
    public int Index;

    /// <summary><c>type</c> of the <c>content_block</c> or the <c>delta</c>.</summary>
    public AnthropicBlockKind Block;

    /// <summary><c>type</c> of an <c>error</c>.</summary>
    public string? ErrorType;

    /// <summary><c>text</c>, <c>thinking</c> or <c>partial_json</c> as a JSON string; empty: none.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary><c>signature</c> as a JSON string; empty: none.</summary>
    public ReadOnlySpan<byte> Signature;

    /// <summary><c>data</c> of thoughts that are encrypted whole, as a JSON string; empty: none.</summary>
    public ReadOnlySpan<byte> Redacted;

    /// <summary><c>input</c> of a <c>content_block</c>: raw JSON.</summary>
    public ReadOnlySpan<byte> Input;

    /// <summary><c>id</c> of a message or a block, as a JSON string.</summary>
    public ReadOnlySpan<byte> Id;

    /// <summary><c>name</c> of a tool, as a JSON string.</summary>
    public ReadOnlySpan<byte> Name;

    /// <summary><c>model</c>, as a JSON string.</summary>
    public ReadOnlySpan<byte> Model;

    /// <summary><c>message</c> of an <c>error</c>, or <c>explanation</c> of a refusal.</summary>
    public string? Message;

    /// <summary><c>stop_reason</c>.</summary>
    public string? StopReason;

    /// <summary><c>stop_sequence</c>.</summary>
    public string? StopSequence;

    private ReadOnlySpan<byte> _data;

    /// <summary>Whether <see cref="Text"/> holds a character.</summary>
    public readonly bool HasText => Text.Length > 2;

    /// <summary>Reads an event. Usage is taken up as it is met.</summary>
    /// <returns><see langword="false"/>: not one JSON object in UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, ref AnthropicUsage usage, out AnthropicEvent read)
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

            var found = new AnthropicEvent { _data = data };
            found.ReadObject(ref reader, ref usage, Place.Event);
            read = found;

            // Anything after the object is a fault, and is found by reading on.
            return !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private enum Place
    {
        Event,
        Inner,
        Error,
    }

    private void ReadObject(ref Utf8JsonReader reader, ref AnthropicUsage usage, Place place)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                ReadType(ref reader, place);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                usage.Read(ref reader);
            }
            else if (place == Place.Event)
            {
                ReadOuterMember(ref reader, ref usage);
            }
            else
            {
                ReadInnerMember(ref reader, ref usage);
            }
        }
    }

    private void ReadType(ref Utf8JsonReader reader, Place place)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return;
        }

        switch (place)
        {
            case Place.Event:
                Kind = AnthropicKinds.ReadEvent(ref reader);
                return;
            case Place.Inner:
                Block = AnthropicKinds.ReadBlock(ref reader);
                return;
            default:
                ErrorType = reader.GetString();
                return;
        }
    }

    private void ReadOuterMember(ref Utf8JsonReader reader, ref AnthropicUsage usage)
    {
        if (reader.ValueTextEquals("index"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out Index))
            {
                reader.Skip();
            }
        }
        else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("content_block"u8) || reader.ValueTextEquals("delta"u8))
        {
            ReadInner(ref reader, ref usage, Place.Inner);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            ReadInner(ref reader, ref usage, Place.Error);
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadInnerMember(ref Utf8JsonReader reader, ref AnthropicUsage usage)
    {
        if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("partial_json"u8))
        {
            ReadRaw(ref reader, ref Text, JsonTokenType.String);
        }
        else if (reader.ValueTextEquals("signature"u8))
        {
            ReadRaw(ref reader, ref Signature, JsonTokenType.String);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            ReadRaw(ref reader, ref Redacted, JsonTokenType.String);
        }
        else if (reader.ValueTextEquals("input"u8))
        {
            ReadRaw(ref reader, ref Input, JsonTokenType.StartObject);
        }
        else if (reader.ValueTextEquals("id"u8))
        {
            ReadRaw(ref reader, ref Id, JsonTokenType.String);
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            ReadRaw(ref reader, ref Name, JsonTokenType.String);
        }
        else if (reader.ValueTextEquals("model"u8))
        {
            ReadRaw(ref reader, ref Model, JsonTokenType.String);
        }
        else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("explanation"u8))
        {
            Message = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("stop_reason"u8))
        {
            StopReason = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("stop_sequence"u8))
        {
            StopSequence = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("stop_details"u8))
        {
            ReadInner(ref reader, ref usage, Place.Inner);
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadInner(ref Utf8JsonReader reader, ref AnthropicUsage usage, Place place)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, ref usage, place);
        }
        else
        {
            reader.Skip();
        }
    }

    private readonly void ReadRaw(ref Utf8JsonReader reader, ref ReadOnlySpan<byte> value, JsonTokenType expected)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isExpected = reader.TokenType == expected;
        reader.Skip();
        if (isExpected)
        {
            value = _data[start..(int)reader.BytesConsumed];
        }
    }

    private static string? ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }
}
