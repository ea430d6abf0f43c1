using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// The kept keys, users and teams as bytes: a header with the moment the cluster was last heard, sealed with the pepper,
/// and a body with hashes, never keys. The header is renewed in place while nothing changes. A file of an older release
/// is not read: the cluster is asked.
/// </summary>
internal static class KeySnapshotFormat
{
    /// <summary>Magic, moment, SHA-256 of the body, seal.</summary>
    public const int HeaderSize = 8 + 8 + SHA256.HashSizeInBytes + HMACSHA256.HashSizeInBytes;

    private const int SealedSize = HeaderSize - HMACSHA256.HashSizeInBytes;
    private const int LengthBytes = 2;

    private static ReadOnlySpan<byte> Magic => "pckeys02"u8;

    /// <summary>The header of a body.</summary>
    public static byte[] Header(DateTimeOffset heardAt, ReadOnlySpan<byte> bodyHash, ReadOnlySpan<byte> pepper)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(8), heardAt.UtcTicks);
        bodyHash.CopyTo(header.AsSpan(16));
        Seal(header, pepper, header.AsSpan(SealedSize));
        return header;
    }

    /// <summary>When the cluster was last heard, if header and body are whole and sealed with this pepper.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> file, ReadOnlySpan<byte> pepper, out DateTimeOffset heardAt)
    {
        heardAt = default;
        if (file.Length < HeaderSize || !file.StartsWith(Magic))
        {
            return false;
        }

        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Seal(file, pepper, seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, file[SealedSize..HeaderSize])
            || !SHA256.HashData(file[HeaderSize..]).AsSpan().SequenceEqual(file.Slice(16, SHA256.HashSizeInBytes)))
        {
            return false;
        }

        heardAt = new(BinaryPrimitives.ReadInt64BigEndian(file[8..]), TimeSpan.Zero);
        return true;
    }

    /// <summary>Writes the body for a table's keys, shard by shard.</summary>
    /// <param name="output">The file.</param>
    /// <param name="table">The keys.</param>
    /// <param name="shards">Seals each shard.</param>
    /// <returns>Its SHA-256.</returns>
    public static byte[] WriteBody(Stream output, KeyTable table, SealedShards shards)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        var part = new ArrayBufferWriter<byte>(64 * 1024);
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            buffer.ResetWrittenCount();
            WriteShard(buffer, table, shard);
            part.ResetWrittenCount();
            shards.Write(part, shard, buffer.WrittenSpan);
            hash.AppendData(part.WrittenSpan);
            output.Write(part.WrittenSpan);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Reads what <see cref="SealedShards"/> has opened of a body that <see cref="TryOpen"/> has found whole.</summary>
    /// <exception cref="FormatException">It ends too early, or holds what cannot be.</exception>
    public static void ReadBody(ReadOnlySpan<byte> body, KeyTable table, long heardAt)
    {
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            var cursor = new KeyFeedCursor(new Guid(Take(ref body, 16)), BinaryPrimitives.ReadInt64BigEndian(Take(ref body, 8)));
            var keys = ImmutableArray.CreateBuilder<KeyRecord>();
            for (var count = ReadCount(ref body); count > 0; count--)
            {
                keys.Add(KeyPacking.Unpack(ReadEntry(ref body)));
            }

            var subjects = new List<SubjectRecord>();
            for (var count = ReadCount(ref body); count > 0; count--)
            {
                subjects.Add(KeyPacking.UnpackSubject(ReadEntry(ref body)));
            }

            table.Restore(shard, cursor, keys.DrainToImmutable(), subjects, heardAt);
        }
    }

    private static void WriteShard(ArrayBufferWriter<byte> output, KeyTable table, int shard)
    {
        // The cursor first: what comes in between is told again by the feed.
        var cursor = table.CursorOf(shard);
        cursor.Epoch.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), cursor.Position);
        output.Advance(8);

        var keys = table.PackedOf(shard).ToList();
        WriteCount(output, keys.Count);
        foreach (var key in keys)
        {
            WriteEntry(output, key.Span);
        }

        var subjects = table.SubjectsOf(shard);
        WriteCount(output, subjects.Length);
        if (subjects.IsEmpty)
        {
            return;
        }

        var packed = new byte[KeyPacking.MostBytes];
        foreach (var subject in subjects)
        {
            WriteEntry(output, packed.AsSpan(0, KeyPacking.Pack(subject, packed)));
        }
    }

    private static void WriteCount(ArrayBufferWriter<byte> output, int count)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), count);
        output.Advance(sizeof(int));
    }

    private static void WriteEntry(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> packed)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(LengthBytes), (ushort)packed.Length);
        output.Advance(LengthBytes);
        output.Write(packed);
    }

    private static int ReadCount(ref ReadOnlySpan<byte> rest)
    {
        var count = BinaryPrimitives.ReadInt32BigEndian(Take(ref rest, sizeof(int)));
        return count >= 0 && count <= rest.Length / LengthBytes ? count : throw Broken();
    }

    private static ReadOnlySpan<byte> ReadEntry(ref ReadOnlySpan<byte> rest) =>
        Take(ref rest, BinaryPrimitives.ReadUInt16BigEndian(Take(ref rest, LengthBytes)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        if (rest.Length < count)
        {
            throw Broken();
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static FormatException Broken() => new("The kept keys end too early, or tell what cannot be.");

    private static void Seal(ReadOnlySpan<byte> header, ReadOnlySpan<byte> pepper, Span<byte> seal) =>
        HMACSHA256.HashData(pepper, header[..SealedSize], seal);
}
