using System.Buffers.Binary;
using System.Numerics;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Where records stand, by their hashes and by their public ids: two tables of one size, with open addressing. A slot of
/// the first holds 32 more bits of the hash beside the place, so that the records of other keys are hardly ever looked at:
/// each would be two waits for memory.
/// </summary>
internal sealed class PackedKeyTables(PackedChunks chunks, int capacity)
{
    private const long Free = 0;
    private const long Removed = -1;
    private const double MostLoad = 0.7;

    private readonly long[] _byHash = new long[capacity];
    private readonly int[] _byId = new int[capacity];
    private readonly int _mask = capacity - 1;
    private volatile int _count;

    // Slots that hold a hash, or have held one; hashes, two of a key whose secret was replaced.
    private int _hashSlotsUsed;
    private int _hashes;

    /// <summary>The records.</summary>
    public PackedChunks Chunks => chunks;

    /// <summary>How many keys there are.</summary>
    public int Count => _count;

    /// <summary>Bytes of records and tables.</summary>
    public long Bytes => chunks.Bytes + (capacity * (sizeof(long) + sizeof(int)));

    /// <summary>Whether a change may be one too many: it may take two slots, and without a free one a search never ends.</summary>
    public bool IsNearlyFull => Math.Max(_hashSlotsUsed, _count) + 2 > capacity * MostLoad;

    /// <summary>Empty ones with room to grow.</summary>
    /// <param name="of">What they are to hold.</param>
    /// <param name="chunks">The records.</param>
    public static PackedKeyTables Roomy(PackedKeyTables of, PackedChunks chunks) =>
        new(chunks, (int)BitOperations.RoundUpToPowerOf2((uint)((Math.Max(of._count, of._hashes) + 4) * 2)));

    /// <summary>Finds a record by one of its hashes.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="found">The record.</param>
    public bool TryFind(ReadOnlySpan<byte> hash, out PackedKey found)
    {
        var tag = TagOf(hash);
        for (var i = StartOf(hash) & _mask; ; i = (i + 1) & _mask)
        {
            var slot = Volatile.Read(ref _byHash[i]);
            if (slot == Free)
            {
                found = default;
                return false;
            }

            if ((uint)(slot >> 32) == tag && slot != Removed && chunks.At((int)slot) is var record && KeyPacking.HasHash(record.Span, hash))
            {
                found = record;
                return true;
            }
        }
    }

    /// <summary>Where an id is, or would be put. Ids are never removed.</summary>
    public int SlotOfId(ReadOnlySpan<byte> id)
    {
        var hash = 2166136261u; // FNV-1a, 32 bits; its low bits have chosen the shard already
        foreach (var octet in id)
        {
            hash = (hash ^ octet) * 16777619u;
        }

        for (var i = (int)((hash * 0x9E3779B1u) >> 8) & _mask; ; i = (i + 1) & _mask)
        {
            var place = Volatile.Read(ref _byId[i]);
            if (place == 0 || KeyPacking.IdOf(chunks.At(place).Span).SequenceEqual(id))
            {
                return i;
            }
        }
    }

    /// <summary>The place in a slot of <see cref="SlotOfId"/>; 0: none.</summary>
    public int PlaceAt(int slot) => Volatile.Read(ref _byId[slot]);

    /// <summary>Puts a place into a slot of <see cref="SlotOfId"/>.</summary>
    public void Put(int slot, int place)
    {
        _count += _byId[slot] == 0 ? 1 : 0;
        Volatile.Write(ref _byId[slot], place);
    }

    /// <summary>Adds a hash; nothing, where it is empty.</summary>
    public void Remember(ReadOnlySpan<byte> hash, int place)
    {
        if (hash.IsEmpty)
        {
            return;
        }

        var i = StartOf(hash) & _mask;
        while (_byHash[i] is not Free and not Removed)
        {
            i = (i + 1) & _mask;
        }

        _hashSlotsUsed += _byHash[i] == Free ? 1 : 0;
        _hashes++;
        Volatile.Write(ref _byHash[i], SlotFor(hash, place));
    }

    /// <summary>Puts another place to a hash: whoever looks for it finds the old record or the new one, and never none.</summary>
    public void Move(ReadOnlySpan<byte> hash, int from, int to) => Volatile.Write(ref _byHash[SlotHolding(hash, from)], SlotFor(hash, to));

    /// <summary>Removes a hash.</summary>
    public void Forget(ReadOnlySpan<byte> hash, int place)
    {
        Volatile.Write(ref _byHash[SlotHolding(hash, place)], Removed);
        _hashes--;
    }

    /// <summary>Every record.</summary>
    public IEnumerable<PackedKey> All()
    {
        for (var i = 0; i < _byId.Length; i++)
        {
            if (PlaceAt(i) is var place && place != 0)
            {
                yield return chunks.At(place);
            }
        }
    }

    private static int StartOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadInt32LittleEndian(hash);

    private static uint TagOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt32LittleEndian(hash[sizeof(int)..]);

    private static long SlotFor(ReadOnlySpan<byte> hash, int place) => ((long)TagOf(hash) << 32) | (uint)place;

    private int SlotHolding(ReadOnlySpan<byte> hash, int place)
    {
        var i = StartOf(hash) & _mask;
        var slot = SlotFor(hash, place);
        while (_byHash[i] != slot)
        {
            i = (i + 1) & _mask;
        }

        return i;
    }
}
