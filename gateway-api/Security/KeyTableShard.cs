using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>One shard of the directory's keys. Written by its own feed loop and by look-ups, read by every request.</summary>
internal sealed class KeyTableShard
{
    // What a feed that started again has told, until its last page has come.
    private PackedKeyMap? _collecting;
    private List<SubjectRecord> _subjects = [];
    private volatile PackedKeyMap _keys = new();
    private volatile bool _wasHeard;
    private int _version;

    /// <summary>Held while an entry in use is made anew: two that do it at once would fill one account.</summary>
    public Lock Renewing { get; } = new();

    /// <summary>On the clock of timestamps.</summary>
    public long HeardAt;

    public PackedKeyMap Keys => _keys;

    /// <summary>Another one after each change.</summary>
    public int Version => Volatile.Read(ref _version);

    public KeyFeedCursor Cursor { get; private set; }

    public bool WasHeard
    {
        get => _wasHeard;
        set => _wasHeard = value;
    }

    /// <summary>Takes a page in.</summary>
    /// <param name="page">From the feed.</param>
    /// <param name="shard">This shard's number.</param>
    /// <param name="accounts">Take the users and teams in.</param>
    /// <returns>Whether anything changed.</returns>
    public bool Apply(KeyFeedPage page, int shard, AccountTable accounts)
    {
        var subjects = page.Subjects.IsDefault ? [] : page.Subjects;
        if (page.Whole)
        {
            (_collecting, _subjects) = (new(), []);
        }

        var target = _collecting ?? _keys;
        foreach (var record in page.Changes)
        {
            target.Set(record);
        }

        var isReplaced = _collecting is not null && !page.More;
        if (_collecting is not null)
        {
            _subjects.AddRange(subjects);
        }
        else if (!subjects.IsEmpty)
        {
            accounts.Apply(subjects);
        }

        if (isReplaced)
        {
            _keys = _collecting!;
            accounts.Replace(shard, Latest(_subjects));
            (_collecting, _subjects) = (null, []);
        }

        Cursor = page.Next;
        Interlocked.Increment(ref _version);
        return isReplaced || page.Changes.Length > 0 || !subjects.IsEmpty;
    }

    /// <summary>Adds a key that was looked up, unless the feed has told of it.</summary>
    /// <returns><see langword="false"/>: it is damaged.</returns>
    public bool Learn(KeyRecord record)
    {
        var isWhole = _keys.Add(record);
        Interlocked.Increment(ref _version);
        return isWhole;
    }

    /// <summary>Puts back what was kept on disk.</summary>
    public void Restore(KeyFeedCursor cursor, PackedKeyMap keys)
    {
        _keys = keys;
        Cursor = cursor;
        Interlocked.Increment(ref _version);
    }

    // One that changed while the pages were read comes again at the end.
    private static List<SubjectRecord> Latest(List<SubjectRecord> subjects)
    {
        var latest = new Dictionary<string, SubjectRecord>(StringComparer.Ordinal);
        foreach (var subject in subjects)
        {
            latest[subject.Subject] = subject;
        }

        return [.. latest.Values];
    }
}
