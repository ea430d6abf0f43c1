using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// Messages of Amazon's binary framing out of bytes: the same, however the bytes are cut. Checksums are made right first,
/// where the lengths allow it: a mutation would else never come further than to them.
/// </summary>
internal sealed class AmazonEventTarget : FuzzTarget
{
    private const int MaxEventBytes = 256 * 1024;
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;

    public override string Name => "amazon-events";

    public override IReadOnlyList<string> Words =>
        [":message-type", ":event-type", ":exception-type", ":error-code", "event", "exception", "error", "\0\0\0\u0010", "\0\0\0\0", "\u0007\0\u0005", "\u0001a"];

    public override int Run(byte[] input)
    {
        var sound = WithChecksums(input);
        MustBeTheSame(input);
        var whole = MustBeTheSame(sound);
        return HashCode.Combine(
            Math.Min(whole.Events.Count, 8), whole.IsGivenUp, whole.Events.Exists(static e => e.Name.StartsWith("exception:", StringComparison.Ordinal)), whole.Events.Exists(static e => e.Data.Length == 0));
    }

    private static (List<(string Name, string Data)> Events, bool IsGivenUp) MustBeTheSame(byte[] input)
    {
        var whole = Read(input, pieceBytes: input.Length);
        var pieceBytes = 1 + (input.Length == 0 ? 0 : input[^1] % 7);
        var cut = Read(input, pieceBytes);
        if (!whole.Events.SequenceEqual(cut.Events) || whole.IsGivenUp != cut.IsGivenUp)
        {
            throw new InvalidDataException($"In pieces of {pieceBytes} bytes there are other events: {whole.Events.Count} and {cut.Events.Count}.");
        }

        return whole;
    }

    private static (List<(string Name, string Data)> Events, bool IsGivenUp) Read(byte[] input, int pieceBytes)
    {
        using var reader = new AmazonEventReader(MaxEventBytes);
        var events = new List<(string Name, string Data)>();
        for (var at = 0; at < input.Length;)
        {
            var memory = reader.GetMemory();
            if (memory.IsEmpty)
            {
                return (events, true);
            }

            var piece = input.AsSpan(at, Math.Min(Math.Min(pieceBytes, memory.Length), input.Length - at));
            piece.CopyTo(memory.Span);
            reader.Advance(piece.Length);
            at += piece.Length;
            while (reader.TryRead())
            {
                events.Add((Encoding.Latin1.GetString(reader.Name), Encoding.Latin1.GetString(reader.Data)));
            }
        }

        return (events, reader.IsTooLarge);
    }

    private static byte[] WithChecksums(byte[] input)
    {
        var sound = input.ToArray();
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
}
