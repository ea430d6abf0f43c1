using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

public sealed class AmazonEventReaderTests
{
    private const int MaxEventBytes = 64 * 1024;

    // Every type of header there is, before the one that names the event.
    private static readonly byte[] AllTypes =
    [
        1, (byte)'a', 0,
        1, (byte)'b', 1,
        1, (byte)'c', 2, 1,
        1, (byte)'d', 3, 1, 2,
        1, (byte)'e', 4, 1, 2, 3, 4,
        1, (byte)'f', 5, 1, 2, 3, 4, 5, 6, 7, 8,
        1, (byte)'g', 6, 0, 3, 1, 2, 3,
        1, (byte)'h', 8, 1, 2, 3, 4, 5, 6, 7, 8,
        1, (byte)'i', 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
        .. "\u000b:event-type"u8, 7, 0, 8, .. "metadata"u8,
        .. "\u000d:message-type"u8, 7, 0, 5, .. "event"u8,
    ];

    [Fact]
    public void Message_AsAmazonPublishesIt_HasSoundChecksums()
    {
        // The example of Amazon's SDKs: no header, no payload. A message without a type is none for us.
        using var reader = new AmazonEventReader(MaxEventBytes);

        Assert.Equal("000000100000000005c248eb7d98c8ff", Convert.ToHexStringLower(AmazonMessages.Message([], [])));
        Assert.Empty(Read(reader, AmazonMessages.Message([], [])));
        Assert.True(reader.IsTooLarge);
    }

    [Fact]
    public void Messages_CutAnywhere_AreTheSame()
    {
        byte[] stream =
        [
            .. AmazonMessages.Event("messageStart", """{"role":"assistant"}"""),
            .. AmazonMessages.Message(AllTypes, "{}"u8.ToArray()),
            .. AmazonMessages.Event("contentBlockDelta", $$$"""{"delta":{"text":"{{{new string('x', 20_000)}}}"}}"""),
            .. AmazonMessages.Exception("throttlingException", ""),
        ];
        string[] expected = ["messageStart", "metadata", "contentBlockDelta", "exception:throttlingException"];

        for (var at = 1; at < stream.Length; at += at is < 400 or > 20_300 ? 1 : 499)
        {
            using var reader = new AmazonEventReader(MaxEventBytes);
            var events = Read(reader, stream.AsSpan(0, at));
            events.AddRange(Read(reader, stream.AsSpan(at)));

            Assert.Equal(expected, events.Select(static e => e.Name));
            Assert.Equal("{}", events[3].Data);
            Assert.False(reader.IsTooLarge);
        }
    }

    [Fact]
    public void Message_OfAnError_IsAnException()
    {
        using var reader = new AmazonEventReader(MaxEventBytes);
        var message = AmazonMessages.Message("", (":message-type", "error"), (":error-code", "InternalFailure"), (":error-message", "Oh."));

        Assert.Equal([("exception:InternalFailure", "{}")], Read(reader, message));
    }

    [Fact]
    public void Message_WithAnyByteFlipped_IsNeverTakenForASoundOne()
    {
        var message = AmazonMessages.Event("metadata", """{"usage":{"inputTokens":1}}""");
        for (var i = 0; i < message.Length; i++)
        {
            using var reader = new AmazonEventReader(MaxEventBytes);
            var broken = message.ToArray();
            broken[i] ^= 0x40;

            Assert.Empty(Read(reader, broken));
            Assert.True(reader.IsTooLarge, $"The byte {i} was flipped and the stream was not given up.");
            Assert.True(reader.GetMemory().IsEmpty);
        }
    }

    [Theory]
    [InlineData(15u, 0u)]                    // shorter than its own frame
    [InlineData(MaxEventBytes + 1u, 0u)]     // longer than allowed
    [InlineData(uint.MaxValue, 0u)]
    [InlineData(200u, 185u)]                 // headers that reach over the end
    [InlineData(200u, uint.MaxValue)]
    public void Message_WhoseLengthsCannotBe_IsGivenUpBeforeItIsKept(uint length, uint headerLength)
    {
        using var reader = new AmazonEventReader(MaxEventBytes);
        var prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, length);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headerLength);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.HashToUInt32(prelude.AsSpan(0, 8)));

        Assert.Empty(Read(reader, prelude));
        Assert.True(reader.IsTooLarge);
    }

    [Theory]
    [InlineData(new byte[] { 5, (byte)'a' })]                            // a name that reaches over the end
    [InlineData(new byte[] { 1, (byte)'a' })]                            // no type
    [InlineData(new byte[] { 1, (byte)'a', 10 })]                        // a type there is not
    [InlineData(new byte[] { 1, (byte)'a', 7, 0 })]                      // half a length
    [InlineData(new byte[] { 1, (byte)'a', 7, 0, 9, (byte)'b' })]        // a value that reaches over the end
    [InlineData(new byte[] { 1, (byte)'a', 5, 0 })]
    public void Message_WithBrokenHeaders_IsNone(byte[] headers)
    {
        using var reader = new AmazonEventReader(MaxEventBytes);

        Assert.Empty(Read(reader, AmazonMessages.Message(headers, "{}"u8.ToArray())));
        Assert.True(reader.IsTooLarge);
    }

    [Fact]
    public void Message_ThatIsHalfThere_IsNoneAtTheEnd()
    {
        using var reader = new AmazonEventReader(MaxEventBytes);

        Assert.Empty(Read(reader, AmazonMessages.Event("metadata", "{}").AsSpan()[..^1]));
        Assert.False(reader.TryReadRest());
        Assert.False(reader.IsTooLarge);
    }

    private static List<(string Name, string Data)> Read(AmazonEventReader reader, ReadOnlySpan<byte> bytes)
    {
        var events = new List<(string Name, string Data)>();
        while (bytes.Length > 0 && reader.GetMemory() is { IsEmpty: false } room)
        {
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room.Span);
            bytes = bytes[count..];
            reader.Advance(count);
            while (reader.TryRead())
            {
                events.Add((Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Data)));
            }
        }

        return events;
    }
}
