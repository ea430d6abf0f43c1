using System.Text;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Unit.Streaming;

public sealed class SseReaderTests
{
    private const string Stream =
        ": a comment\n\ndata: {\"a\":1}\n\nevent: delta\ndata:{\"b\":\"é€😀\"}\n: between\nid: 7\n\n:\n\ndata: line 1\ndata:\ndata:  line 3\n\nretry: 5\n\nevent: alone\n\ndata\n\ndata: [DONE]\n\n";

    private static readonly (string Name, string Data)[] Events =
    [
        ("", "{\"a\":1}"),
        ("delta", "{\"b\":\"é€😀\"}"),
        ("", "line 1\n\n line 3"),
        ("", ""),
        ("", "[DONE]"),
    ];

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Read_OfAStreamCutAnywhere_FindsTheSameEvents(string newLine)
    {
        var bytes = Encoding.UTF8.GetBytes(Stream.Replace("\n", newLine, StringComparison.Ordinal));

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Events, Read([bytes[..cut], bytes[cut..]]));
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Read_OfSingleBytes_FindsTheSameEvents(string newLine)
    {
        var bytes = Encoding.UTF8.GetBytes(Stream.Replace("\n", newLine, StringComparison.Ordinal));

        Assert.Equal(Events, Read(bytes.Chunk(1)));
    }

    [Fact]
    public void Read_AfterAByteOrderMarkCutAnywhere_LeavesItOut()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "data: x\n\n"u8];

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal([("", "x")], Read([bytes[..cut], bytes[cut..]]));
        }
    }

    [Theory]
    [InlineData("data: x")]
    [InlineData("data: x\n")]
    [InlineData("data: x\r")]
    [InlineData("event: e\ndata: x\n")]
    public void Read_OfAStreamWithoutItsLastEmptyLine_FindsTheLastEvent(string text)
    {
        Assert.Equal("x", Assert.Single(Read([Encoding.UTF8.GetBytes(text)])).Data);
    }

    [Fact]
    public void Read_OfALongLine_GrowsUpToTheLimitAndNoFurther()
    {
        using var reader = new SseReader(64 * 1024);
        var taken = 0;
        while (true)
        {
            var room = reader.GetMemory();
            if (room.IsEmpty)
            {
                break;
            }

            room.Span.Fill((byte)'x');
            taken += room.Length;
            reader.Advance(room.Length);
            Assert.False(reader.TryRead());
        }

        Assert.True(reader.IsTooLarge);
        Assert.InRange(taken, 64 * 1024, 128 * 1024);
    }

    [Fact]
    public void Read_OfEndlessComments_KeepsNoneOfThem()
    {
        using var reader = new SseReader(16 * 1024);
        var comment = Encoding.UTF8.GetBytes(": " + new string('c', 1000) + "\n");
        for (var i = 0; i < 1000; i++)
        {
            var room = reader.GetMemory();
            Assert.False(room.IsEmpty, $"after {i} comments");
            var part = comment.AsSpan(0, Math.Min(comment.Length, room.Length));
            part.CopyTo(room.Span);
            reader.Advance(part.Length);
            Assert.False(reader.TryRead());
        }

        Assert.False(reader.IsTooLarge);
    }

    private static List<(string Name, string Data)> Read(IEnumerable<byte[]> pieces)
    {
        using var reader = new SseReader(1024 * 1024);
        var found = new List<(string Name, string Data)>();
        foreach (var piece in pieces)
        {
            var rest = piece.AsSpan();
            while (rest.Length > 0)
            {
                var room = reader.GetMemory();
                var count = Math.Min(room.Length, rest.Length);
                rest[..count].CopyTo(room.Span);
                reader.Advance(count);
                rest = rest[count..];
                while (reader.TryRead())
                {
                    found.Add((Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Data)));
                }
            }
        }

        if (reader.TryReadRest())
        {
            found.Add((Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Data)));
        }

        return found;
    }
}
