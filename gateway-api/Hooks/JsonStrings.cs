using System.Buffers;
using System.Globalization;
using System.Text;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// JSON strings as text and back. Half a surrogate pair stays what it is: some providers cut an emoji in two, and the
/// halves are whole again when the client joins them.
/// </summary>
internal static class JsonStrings
{
    private const string Hex = "0123456789abcdef";

    /// <summary>The text of a JSON string.</summary>
    /// <param name="token">Valid, quotes included.</param>
    public static string Decode(ReadOnlySpan<byte> token)
    {
        var inner = token[1..^1];
        if (!inner.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(inner);
        }

        var text = new StringBuilder(inner.Length);
        while (inner.IndexOf((byte)'\\') is var place and >= 0)
        {
            text.Append(Encoding.UTF8.GetString(inner[..place]));
            var isUnit = inner[place + 1] == 'u';
            text.Append(isUnit
                ? (char)ushort.Parse(inner.Slice(place + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : Meaning((char)inner[place + 1]));
            inner = inner[(place + (isUnit ? 6 : 2))..];
        }

        return text.Append(Encoding.UTF8.GetString(inner)).ToString();
    }

    /// <summary>What an escape of one character stands for.</summary>
    public static char Meaning(char escape) => escape switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\b',
        'f' => '\f',
        _ => escape,
    };

    /// <summary>A text as a JSON string, quotes included.</summary>
    public static byte[] Quote(string text)
    {
        var escaped = Escape(text);
        var quoted = new ArrayBufferWriter<byte>(Encoding.UTF8.GetMaxByteCount(escaped.Length) + 2);
        quoted.Write("\""u8);
        Encoding.UTF8.GetBytes(escaped, quoted);
        quoted.Write("\""u8);
        return quoted.WrittenSpan.ToArray();
    }

    /// <summary>A text as it stands within a JSON string.</summary>
    public static string Escape(string text)
    {
        StringBuilder? escaped = null;
        var copied = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            if (text[i] >= ' ' && text[i] != '"' && text[i] != '\\' && !char.IsSurrogate(text[i]))
            {
                continue;
            }

            escaped ??= new StringBuilder(text.Length + 16);
            escaped.Append(text, copied, i - copied);
            AppendEscape(escaped, text[i]);
            copied = i + 1;
        }

        return escaped is null ? text : escaped.Append(text, copied, text.Length - copied).ToString();
    }

    private static void AppendEscape(StringBuilder escaped, char character)
    {
        escaped.Append('\\');
        switch (character)
        {
            case '"' or '\\':
                escaped.Append(character);
                return;
            case '\n':
                escaped.Append('n');
                return;
            case '\r':
                escaped.Append('r');
                return;
            case '\t':
                escaped.Append('t');
                return;
            default:
                escaped.Append('u').Append(Hex[character >> 12]).Append(Hex[(character >> 8) & 15]).Append(Hex[(character >> 4) & 15]).Append(Hex[character & 15]);
                return;
        }
    }
}
