using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Every key this gateway knows, by the first half of its hash: those of the configuration file, and those of the
/// cluster's directory, shard by shard. Looked up without a lock and without allocating.
/// </summary>
internal sealed class KeyTable(TimeProvider clock)
{
    private readonly KeyTableShard[] _shards = MakeShards();
    private FrozenDictionary<UInt128, KeyEntry> _file = FrozenDictionary<UInt128, KeyEntry>.Empty;

    /// <summary>Finds a key of the file.</summary>
    public KeyEntry? FindInFile(in KeyHash hash) =>
        Volatile.Read(ref _file).TryGetValue(hash.Prefix, out var entry) ? Match(entry, hash) : null;

    /// <summary>Finds a key of the directory.</summary>
    public KeyEntry? Find(int shard, in KeyHash hash) =>
        _shards[shard].Entries.TryGetValue(hash.Prefix, out var entry) ? Match(entry, hash) : null;

    /// <summary>Replaces the keys of the file.</summary>
    public void ReplaceFile(FrozenDictionary<UInt128, KeyEntry> keys) => Volatile.Write(ref _file, keys);

    /// <summary>The keys of the file.</summary>
    public FrozenDictionary<UInt128, KeyEntry> File => Volatile.Read(ref _file);

    /// <summary>Where to go on with a shard's feed.</summary>
    public KeyFeedCursor CursorOf(int shard) => _shards[shard].Cursor;

    /// <summary>Takes in a page of a shard's feed.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Apply(int shard, KeyFeedPage page)
    {
        var changed = _shards[shard].Apply(page);
        Heard(shard);
        return changed;
    }

    /// <summary>Takes in a key that was looked up. What the feed has told already stays.</summary>
    public KeyEntry? Learn(int shard, KeyRecord record)
    {
        if (KeyEntry.From(record, null) is not { } entry)
        {
            return null;
        }

        if (!_shards[shard].WasHeard)
        {
            // From here the key's age counts. Later look-ups do not renew it: only the feed tells of revocations.
            Heard(shard);
        }

        return _shards[shard].Entries.GetOrAdd(entry.Hash.Prefix, entry);
    }

    /// <summary>Puts a shard back as it was kept on disk.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cursor">Where its feed stood.</param>
    /// <param name="entries">Its keys.</param>
    /// <param name="heardAt">When it was last heard, on the clock of timestamps.</param>
    public void Restore(int shard, KeyFeedCursor cursor, IEnumerable<KeyEntry> entries, long heardAt)
    {
        var target = _shards[shard];
        target.Entries = new(entries.Select(entry => KeyValuePair.Create(entry.Hash.Prefix, entry)));
        target.Cursor = cursor;
        Interlocked.Exchange(ref target.HeardAt, heardAt);
        target.WasHeard = true;
    }

    /// <summary>How long ago a shard was last heard; <see cref="TimeSpan.MaxValue"/>: never.</summary>
    public TimeSpan AgeOf(int shard) =>
        _shards[shard].WasHeard ? clock.GetElapsedTime(Interlocked.Read(ref _shards[shard].HeardAt)) : TimeSpan.MaxValue;

    /// <summary>How long ago the shard that was silent for longest was heard.</summary>
    public TimeSpan Age
    {
        get
        {
            var oldest = TimeSpan.Zero;
            for (var shard = 0; shard < _shards.Length; shard++)
            {
                var age = AgeOf(shard);
                oldest = age > oldest ? age : oldest;
            }

            return oldest;
        }
    }

    /// <summary>How many keys are known, of file and directory.</summary>
    public int Count
    {
        get
        {
            var count = File.Count;
            foreach (var shard in _shards)
            {
                count += shard.Entries.Count;
            }

            return count;
        }
    }

    /// <summary>The keys of a shard as they are now.</summary>
    public ImmutableArray<KeyEntry> EntriesOf(int shard) => [.. _shards[shard].Entries.Values];

    private void Heard(int shard)
    {
        Interlocked.Exchange(ref _shards[shard].HeardAt, clock.GetTimestamp());
        _shards[shard].WasHeard = true;
    }

    private static KeyEntry? Match(KeyEntry entry, in KeyHash hash) => entry.Matches(hash) ? entry : null;

    private static KeyTableShard[] MakeShards()
    {
        var shards = new KeyTableShard[KeyDirectory.Shards];
        for (var i = 0; i < shards.Length; i++)
        {
            shards[i] = new();
        }

        return shards;
    }
}

/// <summary>One shard of the directory's keys. Written by its own feed loop only, read by every request.</summary>
internal sealed class KeyTableShard
{
    // Keys of a feed that started again, until its last page has come.
    private ConcurrentDictionary<UInt128, KeyEntry>? _collecting;
    private volatile ConcurrentDictionary<UInt128, KeyEntry> _entries = new();
    private volatile bool _wasHeard;

    /// <summary>On the clock of timestamps.</summary>
    public long HeardAt;

    public ConcurrentDictionary<UInt128, KeyEntry> Entries
    {
        get => _entries;
        set => _entries = value;
    }

    public KeyFeedCursor Cursor { get; set; }

    public bool WasHeard
    {
        get => _wasHeard;
        set => _wasHeard = value;
    }

    public bool Apply(KeyFeedPage page)
    {
        if (page.Whole)
        {
            _collecting = new();
        }

        var target = _collecting ?? _entries;
        foreach (var record in page.Changes)
        {
            if (KeyHash.TryRead(record.Hash.AsSpan(), out var hash))
            {
                _entries.TryGetValue(hash.Prefix, out var known);
                target[hash.Prefix] = KeyEntry.From(record, known)!;
            }
        }

        var replaced = _collecting is not null && !page.More;
        if (replaced)
        {
            _entries = _collecting!;
            _collecting = null;
        }

        Cursor = page.Next;
        return replaced || page.Changes.Length > 0;
    }
}
