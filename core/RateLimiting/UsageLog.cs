namespace ProxyCluster.Core.RateLimiting;

/// <summary>How many requests were used when: entries sorted by time, equal times counted together.</summary>
/// <remarks>Times are milliseconds on any one clock. Adding near the end, which is the rule, costs nothing; old ends cost a shift.</remarks>
public sealed class UsageLog
{
    // Most subjects send little, and there are many.
    private const int SmallestCapacity = 2;

    private Entry[] _entries = [];
    private int _head;
    private int _length;

    /// <summary>Requests in all entries.</summary>
    public int Total { get; private set; }

    /// <summary>Time of the newest entry; <see langword="null"/>: there is none.</summary>
    public long? Newest => _length == 0 ? null : _entries[_head + _length - 1].Time;

    internal ReadOnlySpan<Entry> Entries => _entries.AsSpan(_head, _length);

    /// <summary>Adds requests used at one time.</summary>
    public void Add(long time, int count)
    {
        if (count <= 0)
        {
            return;
        }

        Total += count;
        var at = _head + _length;
        while (at > _head && _entries[at - 1].Time > time)
        {
            at--;
        }

        if (at > _head && _entries[at - 1].Time == time)
        {
            _entries[at - 1].Count += count;
            return;
        }

        Insert(at - _head, new Entry { Time = time, Count = count });
    }

    /// <summary>Takes back one request of a time, if there is one.</summary>
    public void Remove(long time)
    {
        for (var at = _head + _length - 1; at >= _head && _entries[at].Time >= time; at--)
        {
            if (_entries[at].Time != time)
            {
                continue;
            }

            Total--;
            if (--_entries[at].Count == 0)
            {
                Array.Copy(_entries, at + 1, _entries, at, _head + _length - at - 1);
                _length--;
            }

            return;
        }
    }

    /// <summary>Forgets every entry up to and including a time.</summary>
    public void DropUntil(long time)
    {
        while (_length > 0 && _entries[_head].Time <= time)
        {
            Total -= _entries[_head].Count;
            _head++;
            _length--;
        }

        if (_length == 0)
        {
            _head = 0;
        }
    }

    /// <summary>Requests of entries later than a time.</summary>
    public int CountAfter(long time)
    {
        var before = 0;
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Time > time)
            {
                break;
            }

            before += entry.Count;
        }

        return Total - before;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _head = 0;
        _length = 0;
        Total = 0;
    }

    private void Insert(int index, Entry entry)
    {
        if (_head + _length == _entries.Length)
        {
            MakeRoom();
        }

        var at = _head + index;
        Array.Copy(_entries, at, _entries, at + 1, _length - index);
        _entries[at] = entry;
        _length++;
    }

    private void MakeRoom()
    {
        var capacity = Math.Max(SmallestCapacity, _length * 2);
        var target = _head >= _length && _entries.Length > 0 ? _entries : new Entry[capacity];
        Array.Copy(_entries, _head, target, 0, _length);
        _entries = target;
        _head = 0;
    }

    internal struct Entry
    {
        public long Time;
        public int Count;
    }
}
