using System.Buffers;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Many keys in little memory, found by the hash of a secret or by their public id: packed records in chunks, and two
/// tables of places with open addressing. Readers take no lock and allocate nothing; writers take turns.
/// </summary>
/// <remarks>
/// A record is never changed in place: a changed key is a new record, and the old one's bytes are dead until a rebuild
/// copies what is alive. So a <see cref="PackedKey"/> stays readable for as long as somebody holds it.
/// </remarks>
public sealed class PackedKeyMap
{
    private const int LeastDead = 64 * 1024;

    private readonly Lock _writing = new();
    private volatile PackedKeyTables _tables = new(new PackedChunks(), 16);
    private long _deadBytes;

    /// <summary>How many keys there are.</summary>
    public int Count => _tables.Count;

    /// <summary>Bytes of records and tables, those not in use yet included.</summary>
    public long Bytes => _tables.Bytes;

    /// <summary>Finds the key of a secret, by the secret's own hash or by the one before the last rotation.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(in KeyHash hash, out PackedKey found) => _tables.TryFind(hash, out found);

    /// <summary>Finds a key by its public id.</summary>
    /// <param name="publicId">In ASCII.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(ReadOnlySpan<byte> publicId, out PackedKey found)
    {
        var tables = _tables;
        var place = tables.PlaceAt(tables.SlotOfId(publicId));
        found = place == 0 ? default : tables.Chunks.At(place);
        return place != 0;
    }

    /// <summary>Adds a key, or replaces the one with its public id.</summary>
    /// <param name="record">The key as it is now.</param>
    /// <returns><see langword="false"/>: it is damaged, and was passed over.</returns>
    public bool Set(KeyRecord record) => Write(record, isReplaced: true);

    /// <summary>Adds a key, unless its public id is known.</summary>
    /// <param name="record">The key as somebody has read it.</param>
    /// <returns><see langword="false"/>: it is damaged, and was passed over.</returns>
    public bool Add(KeyRecord record) => Write(record, isReplaced: false);

    /// <summary>Adds a record that was packed before, or replaces the one with its public id.</summary>
    /// <param name="packed">The whole record.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public void SetPacked(ReadOnlySpan<byte> packed)
    {
        // Whatever is in the map can be read.
        KeyPacking.Unpack(packed);
        if (packed.Length > KeyPacking.MostBytes)
        {
            throw new FormatException("A packed record is longer than any can be.");
        }

        lock (_writing)
        {
            Put(packed, isReplaced: true);
        }
    }

    /// <summary>Every key, in no order. What changes meanwhile may be there or not.</summary>
    public IEnumerable<PackedKey> All() => _tables.All();

    private bool Write(KeyRecord record, bool isReplaced)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(KeyPacking.MostBytes);
        try
        {
            var length = KeyPacking.Pack(record, buffer.AsSpan(0, KeyPacking.MostBytes));
            if (length == 0)
            {
                return false;
            }

            lock (_writing)
            {
                Put(buffer.AsSpan(0, length), isReplaced);
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Put(ReadOnlySpan<byte> packed, bool isReplaced)
    {
        if (_tables.IsNearlyFull || (_deadBytes > LeastDead && _deadBytes > _tables.Chunks.Bytes / 3))
        {
            Rebuild();
        }

        var tables = _tables;
        var slot = tables.SlotOfId(KeyPacking.IdOf(packed));
        var old = tables.PlaceAt(slot);
        if (old != 0 && !isReplaced)
        {
            return;
        }

        var place = tables.Chunks.Append(packed);
        var before = old == 0 ? default : tables.Chunks.At(old).Span;
        Replace(tables, before, old, KeyPacking.HashOf(packed), place);
        Replace(tables, before, old, KeyPacking.PreviousHashOf(packed), place);
        tables.Put(slot, place);
        if (old == 0)
        {
            return;
        }

        _deadBytes += before.Length;
        Forget(tables, KeyPacking.HashOf(before), old, packed);
        Forget(tables, KeyPacking.PreviousHashOf(before), old, packed);
    }

    private static void Replace(PackedKeyTables tables, ReadOnlySpan<byte> before, int old, ReadOnlySpan<byte> hash, int place)
    {
        if (old == 0 || hash.IsEmpty || !KeyPacking.HasHash(before, hash))
        {
            tables.Remember(hash, place);
            return;
        }

        tables.Move(hash, old, place);
    }

    private static void Forget(PackedKeyTables tables, ReadOnlySpan<byte> hash, int place, ReadOnlySpan<byte> next)
    {
        if (!hash.IsEmpty && !KeyPacking.HasHash(next, hash))
        {
            tables.Forget(hash, place);
        }
    }

    private void Rebuild()
    {
        var old = _tables;
        var isCopied = _deadBytes > old.Chunks.Bytes / 8;
        var next = PackedKeyTables.Roomy(old, isCopied ? new PackedChunks() : old.Chunks);
        foreach (var key in old.All())
        {
            var place = isCopied ? next.Chunks.Append(key.Span) : key.Place;
            next.Remember(KeyPacking.HashOf(key.Span), place);
            next.Remember(KeyPacking.PreviousHashOf(key.Span), place);
            next.Put(next.SlotOfId(KeyPacking.IdOf(key.Span)), place);
        }

        _deadBytes = isCopied ? 0 : _deadBytes;
        _tables = next;
    }
}
