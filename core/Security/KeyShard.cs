using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>
/// The keys of one directory shard in the order of their last change. Stored as pages of bounded size, so that a change
/// writes one page, whatever the number of keys. Not thread-safe.
/// </summary>
/// <remarks>
/// A change is planned, stored by the caller, then applied: readers never see what is not stored. A key is never removed,
/// so a reader that goes on from a position misses nothing: what changes behind it comes again in front of it.
/// </remarks>
public sealed class KeyShard
{
    /// <summary>Keys of one stored page.</summary>
    public const int PageSize = 256;

    private readonly Dictionary<string, (int Page, StoredKey Key)> _byId = new(StringComparer.Ordinal);
    private readonly SortedSet<StoredKey> _byPosition = new(Comparer<StoredKey>.Create((a, b) => a.Position.CompareTo(b.Position)));
    private readonly List<ImmutableArray<StoredKey>> _pages = [];

    /// <summary>The position of the last change; 0: there was none.</summary>
    public long Position { get; private set; }

    /// <summary>How many keys there are, revoked ones included.</summary>
    public int Count => _byId.Count;

    /// <summary>How many pages are stored.</summary>
    public int Pages => _pages.Count;

    /// <summary>Puts the next stored page back.</summary>
    /// <param name="keys">As stored.</param>
    public void Load(ImmutableArray<StoredKey> keys)
    {
        _pages.Add([]);
        Apply(new KeyShardChange(_pages.Count - 1, keys));
    }

    /// <summary>Finds a key, revoked ones included.</summary>
    /// <param name="publicId">The key's public part.</param>
    public KeyRecord? Find(string publicId) => _byId.TryGetValue(publicId, out var found) ? found.Key.Record : null;

    /// <summary>What adding a key, or replacing the one with its public id, would store.</summary>
    /// <param name="record">The key as it is to be.</param>
    public KeyShardChange Plan(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var stored = new StoredKey(record, Position + 1);
        if (_byId.TryGetValue(record.PublicId, out var found))
        {
            var keys = _pages[found.Page];
            return new(found.Page, keys.SetItem(keys.IndexOf(found.Key), stored));
        }

        var page = _pages.Count > 0 && _pages[^1].Length < PageSize ? _pages.Count - 1 : _pages.Count;
        return new(page, page < _pages.Count ? _pages[page].Add(stored) : [stored]);
    }

    /// <summary>Takes a change in, once it is stored.</summary>
    /// <param name="change">From <see cref="Plan"/>.</param>
    public void Apply(KeyShardChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Page == _pages.Count)
        {
            _pages.Add([]);
        }

        _pages[change.Page] = change.Keys;
        foreach (var key in change.Keys)
        {
            if (_byId.TryGetValue(key.Record.PublicId, out var old))
            {
                _byPosition.Remove(old.Key);
            }

            _byId[key.Record.PublicId] = (change.Page, key);
            _byPosition.Add(key);
            Position = Math.Max(Position, key.Position);
        }
    }

    /// <summary>The keys that changed after a position, the earliest change first.</summary>
    /// <param name="position">Where the reader stands.</param>
    /// <param name="most">Keys at most.</param>
    /// <returns>The keys, where to go on, and whether there are more.</returns>
    public KeyShardChanges ReadAfter(long position, int most)
    {
        if (position >= Position)
        {
            return new([], Position, false);
        }

        var records = ImmutableArray.CreateBuilder<KeyRecord>();
        var last = position;
        foreach (var key in _byPosition.GetViewBetween(Bound(position + 1), Bound(long.MaxValue)))
        {
            if (records.Count == most)
            {
                return new(records.ToImmutable(), last, true);
            }

            records.Add(key.Record);
            last = key.Position;
        }

        return new(records.ToImmutable(), Position, false);
    }

    private static StoredKey Bound(long position) => new(null!, position);
}
