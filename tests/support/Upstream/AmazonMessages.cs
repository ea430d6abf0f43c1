using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Frames messages of <c>application/vnd.amazon.eventstream</c>.</summary>
public static class AmazonMessages
{
    public static byte[] Event(string name, string data) =>
        Message(data, (":event-type", name), (":content-type", "application/json"), (":message-type", "event"));

    public static byte[] Exception(string name, string data) =>
        Message(data, (":exception-type", name), (":content-type", "application/json"), (":message-type", "exception"));

    public static byte[] Message(string data, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        using var written = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            written.WriteByte((byte)name.Length);
            written.Write(Encoding.UTF8.GetBytes(name));
            written.WriteByte(7);
            written.Write([(byte)(value.Length >> 8), (byte)value.Length]);
            written.Write(Encoding.UTF8.GetBytes(value));
        }

        return Message(written.ToArray(), Encoding.UTF8.GetBytes(data));
    }

    public static byte[] Message(byte[] headers, byte[] data)
    {
        var message = new byte[16 + headers.Length + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)message.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), (uint)headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.HashToUInt32(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        data.CopyTo(message, 12 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.HashToUInt32(message.AsSpan(0, message.Length - 4)));
        return message;
    }
}
