using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// The keys in use, ready for requests, in a table of fixed size: four places for each group of hashes, of which the one
/// that was not used lately gives way. Read without a lock and without allocating.
/// </summary>
internal sealed class LiveKeys
{
    /// <summary>Entries at most.</summary>
    public const int Most = Groups * Ways;

    private const int GroupBits = 13;
    private const int Groups = 1 << GroupBits;
    private const int Ways = 4;

    private readonly KeyEntry?[] _entries = new KeyEntry?[Most];

    // Beside the entries, a group's in one line of memory: each entry that is looked at is a wait for another. The hash of
    // the key's public id, and whether it was found since it was last asked.
    private readonly uint[] _tags = new uint[Most];
    private readonly bool[] _isWanted = new bool[Most];

    /// <summary>Has the entry of a key fetched from memory.</summary>
    /// <returns><see langword="false"/>: there is none.</returns>
    public bool Expect(in KeyId id)
    {
        var first = FirstOf(id);
        for (var i = first; i < first + Ways; i++)
        {
            if (Volatile.Read(ref _tags[i]) == id.Hash && Volatile.Read(ref _entries[i]) is { } entry)
            {
                entry.Expect();
                return true;
            }
        }

        MemoryAhead.Fetch(in _entries[first]);
        return false;
    }

    /// <summary>Has what will give way to a secret of a key fetched from memory.</summary>
    public void ExpectPut(in KeyId id) => Volatile.Read(ref _entries[PlaceFor(id)])?.Expect();

    /// <summary>Finds a secret by its key's id and its hash. The first half of it only: who trusts it compares the rest.</summary>
    public KeyEntry? Find(in KeyId id, in KeyHash hash)
    {
        var first = FirstOf(id);
        for (var i = first; i < first + Ways; i++)
        {
            if (Volatile.Read(ref _tags[i]) == id.Hash && Volatile.Read(ref _entries[i]) is { } entry && entry.BeginsAs(hash))
            {
                // Written once in a while only: the line of memory is shared by every core.
                if (!_isWanted[i])
                {
                    _isWanted[i] = true;
                }

                return entry;
            }
        }

        return null;
    }

    /// <summary>Puts an entry in, in the place of an older one of its secret, or of one that is not used.</summary>
    /// <returns>What gave way to another secret; <see langword="null"/>: nothing.</returns>
    public KeyEntry? Put(in KeyId id, KeyEntry entry)
    {
        var first = FirstOf(id);
        for (var i = first; i < first + Ways; i++)
        {
            if (Volatile.Read(ref _tags[i]) == id.Hash && Volatile.Read(ref _entries[i]) is { } known && known.BeginsAs(entry.Hash))
            {
                Volatile.Write(ref _entries[i], entry);
                return null;
            }
        }

        var place = PlaceFor(id);
        for (var i = first; i < place; i++)
        {
            // Who is not found again gives way next time.
            _isWanted[i] = false;
        }

        // Two writers of one place may leave it the tag of one and the entry of the other: it is not found then, and made again.
        var other = Interlocked.Exchange(ref _entries[place], entry);
        Volatile.Write(ref _tags[place], id.Hash);
        _isWanted[place] = true;
        return other;
    }

    /// <summary>Every entry.</summary>
    public IEnumerable<KeyEntry> All()
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            if (Volatile.Read(ref _entries[i]) is { } entry)
            {
                yield return entry;
            }
        }
    }

    // The first that is free or was not found lately, else the last.
    private int PlaceFor(in KeyId id)
    {
        var first = FirstOf(id);
        for (var i = first; i < first + Ways - 1; i++)
        {
            if (!_isWanted[i])
            {
                return i;
            }
        }

        return first + Ways - 1;
    }

    // Bits that the shards' tables hardly use.
    private static int FirstOf(in KeyId id) => (int)(id.Hash >> (32 - GroupBits)) * Ways;
}
