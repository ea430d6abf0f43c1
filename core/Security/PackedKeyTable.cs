using System.Numerics;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Where records stand, by their public ids: a table with open addressing. A slot holds the id's hash beside the place, so
/// that the records of other keys are hardly ever looked at: each would be a wait for memory.
/// </summary>
internal sealed class PackedKeyTable(PackedChunks chunks, int capacity)
{
    private const long Free = 0;
    private const double MostLoad = 0.7;

    private readonly long[] _slots = new long[capacity];
    private readonly int _mask = capacity - 1;
    private volatile int _count;

    /// <summary>The records.</summary>
    public PackedChunks Chunks => chunks;

    /// <summary>How many keys there are.</summary>
    public int Count => _count;

    /// <summary>Bytes of records and table.</summary>
    public long Bytes => chunks.Bytes + ((long)capacity * sizeof(long));

    /// <summary>Whether another key would be one too many.</summary>
    public bool IsNearlyFull => _count + 1 > capacity * MostLoad;

    /// <summary>An empty one with room to grow.</summary>
    /// <param name="of">What it is to hold.</param>
    /// <param name="chunks">The records.</param>
    public static PackedKeyTable Roomy(PackedKeyTable of, PackedChunks chunks) =>
        new(chunks, (int)BitOperations.RoundUpToPowerOf2((uint)((of._count + 4) * 2)));

    /// <summary>Has the slot fetched from memory where a key is looked for first.</summary>
    public void ExpectSlot(in KeyId id) => MemoryAhead.Fetch(in _slots[(int)id.Hash & _mask]);

    /// <summary>Has the record of a key fetched from memory, if it stands where it is looked for first.</summary>
    public void Expect(in KeyId id)
    {
        var slot = Volatile.Read(ref _slots[(int)id.Hash & _mask]);
        if ((uint)(slot >> 32) == id.Hash && slot != Free)
        {
            chunks.Expect((int)slot);
        }
    }

    /// <summary>Where an id is, or would be put. Ids are never removed.</summary>
    /// <exception cref="InvalidOperationException">It is not there, and there is no room for it.</exception>
    public int SlotOf(in KeyId id)
    {
        var i = (int)id.Hash & _mask;
        for (var left = capacity; left > 0; left--, i = (i + 1) & _mask)
        {
            var slot = Volatile.Read(ref _slots[i]);
            if (slot == Free || ((uint)(slot >> 32) == id.Hash && KeyPacking.IdOf(chunks.At((int)slot).Span).SequenceEqual(id.Octets)))
            {
                return i;
            }
        }

        throw new InvalidOperationException("The table of keys is full, which whoever writes to it keeps it from.");
    }

    /// <summary>The place in a slot of <see cref="SlotOf"/>; 0: none.</summary>
    public int PlaceAt(int slot) => (int)Volatile.Read(ref _slots[slot]);

    /// <summary>Puts a place into a slot of <see cref="SlotOf"/>.</summary>
    public void Put(int slot, in KeyId id, int place)
    {
        _count += _slots[slot] == Free ? 1 : 0;
        Volatile.Write(ref _slots[slot], ((long)id.Hash << 32) | (uint)place);
    }

    /// <summary>Every record.</summary>
    public IEnumerable<PackedKey> All()
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (PlaceAt(i) is var place && place != 0)
            {
                yield return chunks.At(place);
            }
        }
    }
}
