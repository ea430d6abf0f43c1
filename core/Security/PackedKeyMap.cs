using System.Buffers;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Many keys in little memory, found by their public id: packed records in chunks, and a table of places with open
/// addressing. Readers take no lock and allocate nothing; writers take turns.
/// </summary>
/// <remarks>
/// A record is never changed in place: a changed key is a new record, and the old one's bytes are dead until a rebuild
/// copies what is alive. So a <see cref="PackedKey"/> stays readable for as long as somebody holds it.
/// </remarks>
public sealed class PackedKeyMap
{
    private const int LeastDead = 64 * 1024;

    private readonly Lock _writing = new();
    private volatile PackedKeyTable _table = new(new PackedChunks(), 16);
    private long _deadBytes;

    /// <summary>How many keys there are.</summary>
    public int Count => _table.Count;

    /// <summary>Bytes of records and table, those not in use yet included.</summary>
    public long Bytes => _table.Bytes;

    /// <summary>Has the way to a key's record fetched from memory.</summary>
    /// <param name="id">The key's public id.</param>
    public void ExpectSlot(in KeyId id) => _table.ExpectSlot(id);

    /// <summary>Has a key's record fetched from memory; best some 100 ns after <see cref="ExpectSlot"/>, and 200 ns before it is read.</summary>
    /// <param name="id">The key's public id.</param>
    public void Expect(in KeyId id) => _table.Expect(id);

    /// <summary>Finds the key of a secret.</summary>
    /// <param name="id">The key's public id.</param>
    /// <param name="hash">The secret's own hash, or the one before the last rotation.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(in KeyId id, in KeyHash hash, out PackedKey found) => TryFind(id, out found) && KeyPacking.HasHash(found.Span, hash);

    /// <summary>Finds a key by its public id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(in KeyId id, out PackedKey found)
    {
        var table = _table;
        var place = table.PlaceAt(table.SlotOf(id));
        found = place == 0 ? default : table.Chunks.At(place);
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
    public IEnumerable<PackedKey> All() => _table.All();

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
        if (_table.IsNearlyFull || (_deadBytes > LeastDead && _deadBytes > _table.Chunks.Bytes / 3))
        {
            Rebuild();
        }

        var table = _table;
        var id = new KeyId(KeyPacking.IdOf(packed));
        var slot = table.SlotOf(id);
        var old = table.PlaceAt(slot);
        if (old != 0 && !isReplaced)
        {
            return;
        }

        table.Put(slot, id, table.Chunks.Append(packed));
        _deadBytes += old == 0 ? 0 : table.Chunks.At(old).Span.Length;
    }

    private void Rebuild()
    {
        var old = _table;
        var isCopied = _deadBytes > old.Chunks.Bytes / 8;
        var next = PackedKeyTable.Roomy(old, isCopied ? new PackedChunks() : old.Chunks);
        foreach (var key in old.All())
        {
            var id = new KeyId(KeyPacking.IdOf(key.Span));
            next.Put(next.SlotOf(id), id, isCopied ? next.Chunks.Append(key.Span) : key.Place);
        }

        _deadBytes = isCopied ? 0 : _deadBytes;
        _table = next;
    }
}
