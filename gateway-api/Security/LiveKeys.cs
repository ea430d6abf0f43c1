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

    // Of each entry's hash, a group's in one line of memory: an entry that is looked at in vain is a wait for another.
    private readonly ulong[] _tags = new ulong[Most];

    /// <summary>Finds a secret by its hash. The first half of it only: who trusts it compares the rest.</summary>
    public KeyEntry? Find(in KeyHash hash)
    {
        var (first, tag) = (FirstOf(hash), TagOf(hash));
        for (var i = first; i < first + Ways; i++)
        {
            if (Volatile.Read(ref _tags[i]) == tag && Volatile.Read(ref _entries[i]) is { } entry && entry.BeginsAs(hash))
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
        var (first, tag) = (FirstOf(entry.Hash), TagOf(entry.Hash));
        var free = first + Ways - 1;
        var isFound = false;
        for (var i = first; i < first + Ways; i++)
        {
            var present = Volatile.Read(ref _entries[i]);
            if (Volatile.Read(ref _tags[i]) == tag && present?.BeginsAs(entry.Hash) == true)
            {
                Volatile.Write(ref _entries[i], entry);
                return null;
            }

            if (!isFound && (present is null || !present.TakeWanted()))
            {
                free = i;
                isFound = true;
            }
        }

        // Two writers of one place may leave it the tag of one and the entry of the other: it is not found then, and made again.
        var other = Interlocked.Exchange(ref _entries[free], entry);
        Volatile.Write(ref _tags[free], tag);
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

    // Bits that the shards' tables do not use.
    private static int FirstOf(in KeyHash hash) => (int)(MemoryMarshal.Read<uint>(((ReadOnlySpan<byte>)hash)[8..]) % Groups) * Ways;

    private static ulong TagOf(in KeyHash hash) => MemoryMarshal.Read<ulong>(((ReadOnlySpan<byte>)hash)[16..]);
}
