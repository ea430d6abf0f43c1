using System.Runtime.InteropServices;
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

    private const int Groups = 8192;
    private const int Ways = 4;

    private readonly KeyEntry?[] _entries = new KeyEntry?[Most];

    /// <summary>Finds a secret by its hash. The first half of it only: who trusts it compares the rest.</summary>
    public KeyEntry? Find(in KeyHash hash)
    {
        foreach (ref var place in GroupOf(hash))
        {
            if (Volatile.Read(ref place) is { } entry && entry.BeginsAs(hash))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Puts an entry in, in the place of an older one of its secret, or of one that is not used.</summary>
    /// <returns>What gave way to another secret; <see langword="null"/>: nothing.</returns>
    public KeyEntry? Put(KeyEntry entry)
    {
        var group = GroupOf(entry.Hash);
        ref var free = ref group[^1];
        var isFound = false;
        foreach (ref var place in group)
        {
            var present = Volatile.Read(ref place);
            if (present?.BeginsAs(entry.Hash) == true)
            {
                Volatile.Write(ref place, entry);
                return null;
            }

            if (!isFound && (present is null || !present.TakeWanted()))
            {
                free = ref place;
                isFound = true;
            }
        }

        return Interlocked.Exchange(ref free, entry);
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

    // Bits that the shards' tables do not use.
    private Span<KeyEntry?> GroupOf(in KeyHash hash)
    {
        var group = MemoryMarshal.Read<uint>(((ReadOnlySpan<byte>)hash)[8..]) % Groups;
        return _entries.AsSpan((int)group * Ways, Ways);
    }
}
