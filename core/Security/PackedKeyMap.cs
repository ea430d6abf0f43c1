using System.Buffers;
using System.Buffers.Binary;

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
    private const int Removed = -1;
    private const int LeastDead = 64 * 1024;

    private readonly Lock _writing = new();
    private volatile Tables _tables = new(new PackedChunks(), 16);
    private long _deadBytes;

    /// <summary>How many keys there are.</summary>
    public int Count => _tables.Count;

    /// <summary>Bytes of records and tables, those not in use yet included.</summary>
    public long Bytes => _tables.Chunks.Bytes + (_tables.ByHash.Length * 2L * sizeof(int));

    /// <summary>Finds the key of a secret, by the secret's own hash or by the one before the last rotation.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(in KeyHash hash, out PackedKey found)
    {
        var tables = _tables;
        for (var i = SlotOf(hash) & tables.Mask; ; i = (i + 1) & tables.Mask)
        {
            var place = Volatile.Read(ref tables.ByHash[i]);
            if (place == 0)
            {
                found = default;
                return false;
            }

            if (place != Removed && tables.Chunks.At(place) is var record && HasHash(record.Span, hash))
            {
                found = record;
                return true;
            }
        }
    }

    /// <summary>Finds a key by its public id.</summary>
    /// <param name="publicId">In ASCII.</param>
    /// <param name="found">The key.</param>
    public bool TryFind(ReadOnlySpan<byte> publicId, out PackedKey found)
    {
        var tables = _tables;
        var place = Volatile.Read(ref tables.ById[tables.SlotOfId(publicId)]);
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
    public IEnumerable<PackedKey> All()
    {
        var tables = _tables;
        for (var i = 0; i < tables.ById.Length; i++)
        {
            if (Volatile.Read(ref tables.ById[i]) is var place && place != 0)
            {
                yield return tables.Chunks.At(place);
            }
        }
    }

    private static int SlotOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadInt32LittleEndian(hash);

    private static bool HasHash(ReadOnlySpan<byte> record, ReadOnlySpan<byte> hash) =>
        KeyPacking.HashOf(record).SequenceEqual(hash) || KeyPacking.PreviousHashOf(record).SequenceEqual(hash);

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
        var old = tables.ById[slot];
        if (old != 0 && !isReplaced)
        {
            return;
        }

        var place = tables.Chunks.Append(packed);
        var before = old == 0 ? default : tables.Chunks.At(old).Span;
        Replace(tables, before, old, KeyPacking.HashOf(packed), place);
        Replace(tables, before, old, KeyPacking.PreviousHashOf(packed), place);
        Volatile.Write(ref tables.ById[slot], place);
        if (old == 0)
        {
            tables.Count++;
            return;
        }

        _deadBytes += before.Length;
        Forget(tables, KeyPacking.HashOf(before), old, packed);
        Forget(tables, KeyPacking.PreviousHashOf(before), old, packed);
    }

    // A secret that stays keeps its slot: whoever looks for it finds the old record or the new one, and never none.
    private static void Replace(Tables tables, ReadOnlySpan<byte> before, int old, ReadOnlySpan<byte> hash, int place)
    {
        if (hash.IsEmpty)
        {
            return;
        }

        if (old == 0 || !HasHash(before, hash))
        {
            Remember(tables, hash, place);
            return;
        }

        Volatile.Write(ref tables.ByHash[SlotHolding(tables, hash, old)], place);
    }

    private static int SlotHolding(Tables tables, ReadOnlySpan<byte> hash, int place)
    {
        var i = SlotOf(hash) & tables.Mask;
        while (tables.ByHash[i] != place)
        {
            i = (i + 1) & tables.Mask;
        }

        return i;
    }

    private static void Remember(Tables tables, ReadOnlySpan<byte> hash, int place)
    {
        if (hash.IsEmpty)
        {
            return;
        }

        var i = SlotOf(hash) & tables.Mask;
        while (tables.ByHash[i] is not 0 and not Removed)
        {
            i = (i + 1) & tables.Mask;
        }

        tables.HashSlotsUsed += tables.ByHash[i] == 0 ? 1 : 0;
        tables.Hashes++;
        Volatile.Write(ref tables.ByHash[i], place);
    }

    private static void Forget(Tables tables, ReadOnlySpan<byte> hash, int place, ReadOnlySpan<byte> next)
    {
        if (hash.IsEmpty || HasHash(next, hash))
        {
            return;
        }

        Volatile.Write(ref tables.ByHash[SlotHolding(tables, hash, place)], Removed);
        tables.Hashes--;
    }

    private void Rebuild()
    {
        var old = _tables;
        var isCopied = _deadBytes > old.Chunks.Bytes / 8;
        var next = new Tables(isCopied ? new PackedChunks() : old.Chunks, Tables.CapacityFor(Math.Max(old.Count, old.Hashes)));
        foreach (var key in All())
        {
            var place = isCopied ? next.Chunks.Append(key.Span) : key.Place;
            Remember(next, KeyPacking.HashOf(key.Span), place);
            Remember(next, KeyPacking.PreviousHashOf(key.Span), place);
            next.ById[next.SlotOfId(KeyPacking.IdOf(key.Span))] = place;
            next.Count++;
        }

        _deadBytes = isCopied ? 0 : _deadBytes;
        _tables = next;
    }

    private sealed class Tables(PackedChunks chunks, int capacity)
    {
        public readonly PackedChunks Chunks = chunks;
        public readonly int[] ByHash = new int[capacity];
        public readonly int[] ById = new int[capacity];
        public readonly int Mask = capacity - 1;

        // Of places that hold a hash, or have held one; of hashes; of keys. Two hashes of a key whose secret was replaced.
        public int HashSlotsUsed;
        public int Hashes;
        public volatile int Count;

        // A change may take two slots more, and a table without an empty slot would be searched for ever.
        public bool IsNearlyFull => Math.Max(HashSlotsUsed, Count) + 2 > (Mask + 1) * 0.7;

        public static int CapacityFor(int used) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((used + 4) * 2));

        /// <summary>Where an id is, or would be put. Ids are never removed.</summary>
        public int SlotOfId(ReadOnlySpan<byte> id)
        {
            var hash = 2166136261u; // FNV-1a, 32 bits; its low bits have chosen the shard already
            foreach (var octet in id)
            {
                hash = (hash ^ octet) * 16777619u;
            }

            for (var i = (int)((hash * 0x9E3779B1u) >> 8) & Mask; ; i = (i + 1) & Mask)
            {
                var place = Volatile.Read(ref ById[i]);
                if (place == 0 || KeyPacking.IdOf(Chunks.At(place).Span).SequenceEqual(id))
                {
                    return i;
                }
            }
        }
    }
}
