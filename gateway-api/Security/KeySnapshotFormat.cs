using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// The kept keys as bytes: a header with the moment the cluster was last heard, sealed with the pepper, and a body with
/// hashes, never keys. The header is renewed in place while nothing changes.
/// </summary>
internal static class KeySnapshotFormat
{
    /// <summary>Magic, moment, SHA-256 of the body, seal.</summary>
    public const int HeaderSize = 8 + 8 + SHA256.HashSizeInBytes + HMACSHA256.HashSizeInBytes;

    private const int SealedSize = HeaderSize - HMACSHA256.HashSizeInBytes;
    private const int MostKeys = 4_000_000;

    // A hash, two empty texts, two flags, a moment.
    private const int LeastEntryBytes = KeyHash.Size + 2 + 2 + 8;

    private static ReadOnlySpan<byte> Magic => "pckeys01"u8;

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

    /// <summary>The body for a table's keys.</summary>
    public static byte[] WriteBody(KeyTable table)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            // The cursor first: keys that come in between are told again by the feed.
            var cursor = table.CursorOf(shard);
            var entries = table.EntriesOf(shard);
            writer.Write(cursor.Epoch.ToByteArray());
            writer.Write(cursor.Position);
            writer.Write(entries.Length);
            foreach (var entry in entries)
            {
                Write(writer, entry);
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads a body that <see cref="TryOpen"/> has found whole.</summary>
    /// <exception cref="IOException">It ends too early.</exception>
    /// <exception cref="ArgumentException">It holds what is no moment, or more keys than there can be.</exception>
    /// <exception cref="FormatException">It holds what is no text.</exception>
    public static void ReadBody(ReadOnlySpan<byte> body, KeyTable table, long heardAt)
    {
        using var reader = new BinaryReader(new MemoryStream(body.ToArray(), writable: false));
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            var cursor = new KeyFeedCursor(new Guid(reader.ReadBytes(16)), reader.ReadInt64());
            var count = reader.ReadInt32();
            var most = (int)Math.Min(MostKeys, (body.Length - reader.BaseStream.Position) / LeastEntryBytes);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)most, nameof(body));
            var entries = ImmutableArray.CreateBuilder<KeyEntry>(count);
            for (var i = 0; i < count; i++)
            {
                entries.Add(Read(reader));
            }

            table.Restore(shard, cursor, entries.MoveToImmutable(), heardAt);
        }
    }

    private static void Write(BinaryWriter writer, KeyEntry entry)
    {
        var hash = entry.Hash;
        writer.Write((ReadOnlySpan<byte>)hash);
        writer.Write(entry.Caller.Subject);
        writer.Write(entry.Caller.Name);
        writer.Write(entry.Caller.IsAdmin);
        writer.Write(entry.Revoked);
        writer.Write(entry.ExpiresAt?.UtcTicks ?? 0);
    }

    private static KeyEntry Read(BinaryReader reader)
    {
        KeyHash.TryRead(reader.ReadBytes(KeyHash.Size), out var hash);
        var caller = KeyEntry.CallerFor(reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), null);
        var revoked = reader.ReadBoolean();
        var expires = reader.ReadInt64();
        return new(hash, caller, expires == 0 ? null : new DateTimeOffset(expires, TimeSpan.Zero), revoked);
    }

    private static void Seal(ReadOnlySpan<byte> header, ReadOnlySpan<byte> pepper, Span<byte> seal) =>
        HMACSHA256.HashData(pepper, header[..SealedSize], seal);
}
