using System.Text;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Unit.Streaming;

public sealed class JsonLinesReaderTests
{
    private const string Lines = "{\"a\":1}\n\r\n  {\"b\":\"ü\"} \r\n{\"c\":3}";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Lines_HoweverCut_AreFoundWithoutTheirEnds(int pieceBytes) =>
        Assert.Equal(["{\"a\":1}", "{\"b\":\"ü\"}", "{\"c\":3}"], Read(Encoding.UTF8.GetBytes(Lines), pieceBytes));

    [Fact]
    public void Line_LargerThanAllowed_IsTooLarge()
    {
        using var reader = new JsonLinesReader(16 * 1024);
        Memory<byte> room;
        while (!(room = reader.GetMemory()).IsEmpty)
        {
            room.Span.Fill((byte)'x');
            reader.Advance(room.Length);
            Assert.False(reader.TryRead());
        }

        Assert.True(reader.IsTooLarge);
    }

    [Fact]
    public void Lines_OfMoreThanTheBuffer_AreAllFound()
    {
        var line = $"{{\"x\":\"{new string('y', 700)}\"}}";

        var found = Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line + "\n", 100))), 1000);

        Assert.Equal(Enumerable.Repeat(line, 100), found);
    }

    [Fact]
    public void Stream_OfBlankLines_HoldsNothing() => Assert.Empty(Read("\n\r\n \n"u8.ToArray(), 1));

    private static List<string> Read(byte[] bytes, int pieceBytes)
    {
        using var reader = new JsonLinesReader(64 * 1024);
        var found = new List<string>();
        for (var at = 0; at < bytes.Length;)
        {
            var room = reader.GetMemory();
            var count = Math.Min(Math.Min(pieceBytes, room.Length), bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(room.Span);
            reader.Advance(count);
            at += count;
            while (reader.TryRead())
            {
                found.Add(Encoding.UTF8.GetString(reader.Data));
            }
        }

        if (reader.TryReadRest())
        {
            found.Add(Encoding.UTF8.GetString(reader.Data));
        }

        return found;
    }
}
