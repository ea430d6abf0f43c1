using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>
/// The keys, users and teams of one directory shard in the order of their last change. Stored as pages of bounded size,
/// so that a change writes one page, however many there are. Not thread-safe.
/// </summary>
/// <remarks>
/// A change is planned, stored by the caller, then applied: readers never see what is not stored. Nothing is ever removed,
/// so a reader that goes on from a position misses nothing: what changes behind it comes again in front of it.
/// </remarks>
public sealed class KeyShard
{
    /// <summary>Keys of one stored page.</summary>
    public const int PageSize = RecordPages<StoredKey>.PageSize;

    private readonly RecordPages<StoredKey> _keys = new();
    private readonly RecordPages<StoredSubject> _subjects = new();

    /// <summary>The position of the last change; 0: there was none.</summary>
    public long Position => Math.Max(_keys.Position, _subjects.Position);

    /// <summary>How many keys there are, revoked ones included.</summary>
    public int Count => _keys.Count;

    /// <summary>How many pages of keys are stored.</summary>
    public int Pages => _keys.Pages;

    /// <summary>Every key, in no order.</summary>
    public IEnumerable<StoredKey> Keys => _keys.All;

    /// <summary>Every user and team, deleted ones included, in no order.</summary>
    public IEnumerable<StoredSubject> Subjects => _subjects.All;

    /// <summary>Puts stored pages back, in their order.</summary>
    /// <param name="keys">Pages of keys.</param>
    /// <param name="subjects">Pages of users and teams.</param>
    public void Load(IEnumerable<ImmutableArray<StoredKey>> keys, IEnumerable<ImmutableArray<StoredSubject>> subjects)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(subjects);
        Load(_keys, keys);
        Load(_subjects, subjects);
    }

    /// <summary>Finds a key, revoked ones included.</summary>
    /// <param name="publicId">The key's public part.</param>
    public KeyRecord? Find(string publicId) => FindStored(publicId)?.Record;

    /// <summary>Finds a key and when it last changed.</summary>
    /// <param name="publicId">The key's public part.</param>
    public StoredKey? FindStored(string publicId) => _keys.Find(publicId);

    /// <summary>Finds a user or team, deleted ones included.</summary>
    /// <param name="subject">For example <c>team:research</c>.</param>
    public StoredSubject? FindSubject(string subject) => _subjects.Find(subject);

    /// <summary>What adding a key, or replacing the one with its public id, would store.</summary>
    /// <param name="record">The key as it is to be.</param>
    public RecordChange<StoredKey> Plan(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return _keys.Plan(new(record, Position + 1));
    }

    /// <summary>What adding or replacing a user or team would store.</summary>
    /// <param name="record">As it is to be.</param>
    public RecordChange<StoredSubject> Plan(SubjectRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return _subjects.Plan(new(record, Position + 1));
    }

    /// <summary>Takes a change in, once it is stored.</summary>
    /// <param name="change">From <see cref="Plan(KeyRecord)"/>.</param>
    public void Apply(RecordChange<StoredKey> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _keys.Apply(change);
    }

    /// <summary>Takes a change in, once it is stored.</summary>
    /// <param name="change">From <see cref="Plan(SubjectRecord)"/>.</param>
    public void Apply(RecordChange<StoredSubject> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _subjects.Apply(change);
    }

    /// <summary>What changed after a position, the earliest change first.</summary>
    /// <param name="position">Where the reader stands.</param>
    /// <param name="most">Keys, users and teams at most.</param>
    /// <returns>The records, where to go on, and whether there are more.</returns>
    public KeyShardChanges ReadAfter(long position, int most)
    {
        var records = ImmutableArray.CreateBuilder<KeyRecord>();
        var subjects = ImmutableArray.CreateBuilder<SubjectRecord>();
        using var keys = _keys.After(position).GetEnumerator();
        using var others = _subjects.After(position).GetEnumerator();
        var key = Next(keys);
        var other = Next(others);
        var last = position;
        for (var taken = 0; key is not null || other is not null; taken++)
        {
            if (taken == most)
            {
                return new(records.ToImmutable(), subjects.ToImmutable(), last, true);
            }

            if (other is null || key?.Position < other.Position)
            {
                records.Add(key!.Record);
                last = key.Position;
                key = Next(keys);
            }
            else
            {
                subjects.Add(other.Record);
                last = other.Position;
                other = Next(others);
            }
        }

        return new(records.ToImmutable(), subjects.ToImmutable(), Position, false);
    }

    private static T? Next<T>(IEnumerator<T> records)
        where T : class => records.MoveNext() ? records.Current : null;

    private static void Load<T>(RecordPages<T> target, IEnumerable<ImmutableArray<T>> pages)
        where T : class, IStoredRecord
    {
        foreach (var page in pages)
        {
            target.Load(page);
        }

        target.EndLoad();
    }
}
