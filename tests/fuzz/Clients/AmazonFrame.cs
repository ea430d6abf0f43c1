using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>Messages of <c>application/vnd.amazon.eventstream</c>, with the checksums that a mutation cannot have.</summary>
internal static class AmazonFrame
{
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;
    private const string ExceptionMark = "exception:";

    /// <summary>One message.</summary>
    /// <param name="name">Of the event; of an exception with <c>exception:</c> before it.</param>
    /// <param name="data">Its payload.</param>
    public static byte[] Of(string name, byte[] data)
    {
        var isException = name.StartsWith(ExceptionMark, StringComparison.Ordinal);
        byte[] headers =
        [
            .. Header(":message-type", isException ? "exception" : "event"),
            .. Header(isException ? ":exception-type" : ":event-type", isException ? name[ExceptionMark.Length..] : name),
        ];
        var frame = new byte[PreludeBytes + headers.Length + data.Length + ChecksumBytes];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), headers.Length);
        headers.CopyTo(frame, PreludeBytes);
        data.CopyTo(frame, PreludeBytes + headers.Length);
        return WithChecksums(frame);
    }

    /// <summary>Makes the checksums right, as far as the lengths allow it: a mutation would else never come further than to them.</summary>
    public static byte[] WithChecksums(byte[] frames)
    {
        var sound = frames.ToArray();
        for (var rest = sound.AsSpan(); rest.Length >= PreludeBytes + ChecksumBytes;)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest[8..], Crc32.HashToUInt32(rest[..8]));
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length < PreludeBytes + ChecksumBytes || length > rest.Length)
            {
                break;
            }

            var message = rest[..(int)length];
            BinaryPrimitives.WriteUInt32BigEndian(message[^ChecksumBytes..], Crc32.HashToUInt32(message[..^ChecksumBytes]));
            rest = rest[(int)length..];
        }

        return sound;
    }

    /// <summary>Frames for text in the form of server-sent events: a line holds a name or the data.</summary>
    public static byte[] OfText(byte[] text)
    {
        using var frames = new MemoryStream();
        var name = "";
        for (var at = 0; at < text.Length;)
        {
            var end = Array.IndexOf(text, (byte)'\n', at);
            end = end < 0 ? text.Length : end;
            var line = text.AsSpan(at, end - at);
            at = end + 1;
            if (line.StartsWith("event: "u8))
            {
                name = Encoding.Latin1.GetString(line["event: ".Length..]);
            }
            else if (line.StartsWith("data: "u8))
            {
                frames.Write(Of(name, line["data: ".Length..].ToArray()));
                name = "";
            }
        }

        return frames.ToArray();
    }

    private static byte[] Header(string name, string value)
    {
        var text = Encoding.Latin1.GetBytes(value.Length > ushort.MaxValue ? value[..ushort.MaxValue] : value);
        return [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), 7, (byte)(text.Length >> 8), (byte)text.Length, .. text];
    }
}
