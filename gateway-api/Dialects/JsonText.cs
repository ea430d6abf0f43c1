using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>JSON strings as bytes: how translators take and give text without decoding it.</summary>
internal static class JsonText
{
    /// <summary>More of anything than an answer can have: a larger count is a mistake, and sums of such must not overflow.</summary>
    public const long MostCount = 1L << 40;

    /// <summary>How what translators write is escaped: as little as JSON allows.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>A text as a JSON string, quotes included.</summary>
    public static byte[] Quote(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes UTF-8 as a JSON string, quotes included. Costs no allocation.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="output">Takes the string.</param>
    public static void WriteQuoted(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (text.IndexOfAny(Special) is var place and >= 0)
        {
            output.Write(text[..place]);
            WriteEscape(text[place], output);
            text = text[(place + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }

    /// <summary>Writes a member as it stands: what goes through unread elsewhere goes through unread here.</summary>
    public static void Copy(string name, JsonElement value, Utf8JsonWriter json)
    {
        json.WritePropertyName(name);
        Copy(value, json);
    }

    /// <summary>Writes a value as it stands.</summary>
    public static void Copy(JsonElement value, Utf8JsonWriter json) =>
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    /// <summary>What stands between the quotes of a JSON string; empty stays empty.</summary>
    public static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> json) => json.Length >= 2 ? json[1..^1] : default;

    /// <summary>The text of a JSON string.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    /// <exception cref="InvalidOperationException">It has half a surrogate pair in an escape.</exception>
    public static string Decode(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString() ?? "";
    }

    /// <summary>Reads the value behind a member's name.</summary>
    /// <param name="reader">At the name; left at the value's end.</param>
    /// <param name="data">What the reader reads.</param>
    /// <returns>The JSON string as it stands, quotes included; empty: the value is no string.</returns>
    public static ReadOnlySpan<byte> ReadString(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return TokenAt(ref reader, data);
        }

        reader.Skip();
        return default;
    }

    /// <summary>Reads the value behind a member's name as a count.</summary>
    /// <param name="reader">At the name; left at the value's end.</param>
    /// <returns>At most <see cref="MostCount"/>; 0: the value is no whole number, or a negative one.</returns>
    public static long ReadCount(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count))
        {
            return Math.Clamp(count, 0, MostCount);
        }

        reader.Skip();
        return 0;
    }

    /// <summary>Steps to the value behind a member's name.</summary>
    /// <param name="reader">At the name; left at the object's start, or at the end of what is no object.</param>
    /// <returns>Whether it is an object.</returns>
    public static bool EnterObject(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    /// <summary>Steps over the value behind a member's name.</summary>
    /// <param name="reader">At the name; left at the value's end.</param>
    public static void SkipValue(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>The token at the reader, as it stands.</summary>
    public static ReadOnlySpan<byte> TokenAt(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data) =>
        data[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];

    /// <summary>Writes a whole number.</summary>
    public static void WriteNumber(long number, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(20);
        number.TryFormat(span, out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    /// <summary>A value as JSON without white space.</summary>
    public static string Compact(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            value.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>
    /// Whether JSON has an escape of half a surrogate pair. It is valid JSON, but no text: what reads its strings, or writes
    /// them again, throws.
    /// </summary>
    public static bool HasHalfPair(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var place and >= 0 && place + 1 < json.Length)
        {
            json = json[place..];
            var length = 2;
            if (IsEscapeWithin(json, 0xD800, 0xDFFF))
            {
                length = 12;
                if (!IsEscapeWithin(json, 0xD800, 0xDBFF) || json.Length < length || !IsEscapeWithin(json[6..], 0xDC00, 0xDFFF))
                {
                    return true;
                }
            }

            json = json[length..];
        }

        return false;
    }

    private static bool IsEscapeWithin(ReadOnlySpan<byte> json, int least, int most) =>
        json.Length >= 6 && json[0] == '\\' && json[1] == 'u'
        && int.TryParse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) && unit >= least && unit <= most;

    private static void WriteEscape(byte character, IBufferWriter<byte> output)
    {
        switch (character)
        {
            case (byte)'"':
                output.Write("\\\""u8);
                return;
            case (byte)'\\':
                output.Write("\\\\"u8);
                return;
            case (byte)'\n':
                output.Write("\\n"u8);
                return;
            case (byte)'\r':
                output.Write("\\r"u8);
                return;
            case (byte)'\t':
                output.Write("\\t"u8);
                return;
            default:
                var span = output.GetSpan(6);
                "\\u00"u8.CopyTo(span);
                span[4] = Hex(character >> 4);
                span[5] = Hex(character & 15);
                output.Advance(6);
                return;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
