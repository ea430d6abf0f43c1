using System.Buffers;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Writes messages again: byte for byte but for what must change.</summary>
internal static class ItemCopy
{
    private const int MostDepth = 1000;

    /// <summary>Writes a message without its timestamp, and with another text where one is given.</summary>
    /// <param name="item">The message, one JSON object.</param>
    /// <param name="text">Takes the place of its content; <see langword="null"/>: the content stays as it is.</param>
    /// <param name="output">Takes the message.</param>
    public static void Write(ReadOnlySpan<byte> item, string? text, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(item, new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        var isFirst = true;
        var isTextWritten = false;
        output.Write("{"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isTimestamp = reader.ValueTextEquals("timestamp"u8);
            var isContent = text is not null && reader.ValueTextEquals("content"u8);
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isTimestamp || (isContent && isTextWritten))
            {
                continue;
            }

            output.Write(isFirst ? default : ","u8);
            isFirst = false;
            if (!isContent)
            {
                output.Write(item[start..end]);
                continue;
            }

            isTextWritten = true;
            output.Write("\"content\":"u8);
            WriteContent(item[valueStart..end], text!, output);
        }

        output.Write("}"u8);
    }

    /// <summary>Writes a message that was made here.</summary>
    public static void WriteMade(string text, IBufferWriter<byte> output)
    {
        output.Write("{\"role\":\"user\",\"content\":"u8);
        WriteText(text, output);
        output.Write("}"u8);
    }

    /// <summary>Writes text as a JSON string.</summary>
    public static void WriteText(string text, IBufferWriter<byte> output) => JsonText.WriteQuoted(Encoding.UTF8.GetBytes(text), output);

    /// <summary>Where the value of <c>content</c> stands in a message; empty: it has none.</summary>
    public static Range ContentOf(ReadOnlySpan<byte> item)
    {
        Range content = default;
        var reader = new Utf8JsonReader(item, new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            content = isContent ? start..(int)reader.BytesConsumed : content;
        }

        return content;
    }

    // In the form that the content had: a list has parts of text only, or the message would not be cut.
    private static void WriteContent(ReadOnlySpan<byte> content, string text, IBufferWriter<byte> output)
    {
        if (content[0] != (byte)'[')
        {
            WriteText(text, output);
            return;
        }

        using var parts = JsonDocument.Parse(content.ToArray(), new JsonDocumentOptions { MaxDepth = MostDepth });
        var type = "text";
        JsonElement cacheControl = default;
        foreach (var part in parts.RootElement.EnumerateArray())
        {
            type = part.GetText("type") ?? type;
            cacheControl = part.TryGetValue("cache_control", out var mark) ? mark : cacheControl;
        }

        output.Write("[{\"type\":"u8);
        WriteText(type, output);
        output.Write(",\"text\":"u8);
        WriteText(text, output);
        if (cacheControl.ValueKind == JsonValueKind.Object)
        {
            output.Write(",\"cache_control\":"u8);
            output.Write(Encoding.UTF8.GetBytes(cacheControl.GetRawText()));
        }

        output.Write("}]"u8);
    }
}
