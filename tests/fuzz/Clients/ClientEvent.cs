using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>One server-sent event as a client gets it.</summary>
/// <param name="Name">The <c>event:</c> line; empty: none.</param>
/// <param name="Data">Its JSON; of <c>[DONE]</c> the default.</param>
internal readonly record struct ClientEvent(string Name, JsonElement Data)
{
    /// <summary>Whether it is OpenAI's farewell.</summary>
    public bool IsDone => Data.ValueKind == JsonValueKind.Undefined;

    /// <summary>The member <c>type</c>.</summary>
    public string? Type => Data.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    /// <summary>Takes a stream apart.</summary>
    /// <exception cref="InvalidDataException">It is not a row of whole events, in UTF-8, with JSON in each.</exception>
    public static List<ClientEvent> ReadAll(ReadOnlySpan<byte> stream)
    {
        if (!System.Text.Unicode.Utf8.IsValid(stream))
        {
            throw new InvalidDataException("The client is sent what is not UTF-8.");
        }

        var events = new List<ClientEvent>();
        for (var rest = stream; !rest.IsEmpty;)
        {
            var end = rest.IndexOf("\n\n"u8);
            if (end < 0)
            {
                throw new InvalidDataException($"The client is sent half an event: {Encoding.UTF8.GetString(rest)}");
            }

            events.Add(Read(rest[..end]));
            rest = rest[(end + 2)..];
        }

        return events;
    }

    private static ClientEvent Read(ReadOnlySpan<byte> lines)
    {
        var name = "";
        if (lines.StartsWith("event: "u8) && lines.IndexOf((byte)'\n') is > 0 and var line)
        {
            name = Encoding.UTF8.GetString(lines["event: ".Length..line]);
            lines = lines[(line + 1)..];
        }

        if (!lines.StartsWith("data: "u8) || lines.ContainsAny((byte)'\n', (byte)'\r'))
        {
            throw new InvalidDataException($"The client is sent no event: {Encoding.UTF8.GetString(lines)}");
        }

        var data = lines["data: ".Length..];
        if (data.SequenceEqual("[DONE]"u8))
        {
            return new ClientEvent(name, default);
        }

        if (JsonText.HasHalfPair(data))
        {
            data = WithoutHalfPairs(data);
        }

        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 256 });
        var json = JsonElement.ParseValue(ref reader);
        return reader.BytesConsumed == data.Length || data[(int)reader.BytesConsumed..].Trim(" \t"u8).IsEmpty
            ? new ClientEvent(name, json)
            : throw new InvalidDataException($"An event has more than its JSON: {Encoding.UTF8.GetString(data)}");
    }

    // Half a surrogate pair in an escape: a provider may cut a text between the halves. Clients take it, but this parser does not.
    private static byte[] WithoutHalfPairs(ReadOnlySpan<byte> json)
    {
        var text = json.ToArray();
        for (var at = 0; at + 1 < text.Length; at += 2)
        {
            at += text.AsSpan(at).IndexOf((byte)'\\') is >= 0 and var next ? next : text.Length;
            if (UnitAt(text, at) is not (>= 0xD800 and <= 0xDFFF and var unit))
            {
                continue;
            }

            if (unit < 0xDC00 && UnitAt(text, at + 6) is >= 0xDC00 and <= 0xDFFF)
            {
                at += 10;
                continue;
            }

            text[at + 2] = (byte)'0';
        }

        return text;
    }

    private static int UnitAt(byte[] text, int at) =>
        at + 6 <= text.Length && text[at] == (byte)'\\' && text[at + 1] == (byte)'u'
        && int.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? unit : -1;
}
