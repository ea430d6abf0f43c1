using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Records by id and in the order of their last change, kept in pages of bounded size, so that a change writes one page.
/// A record is replaced and never removed. Not thread-safe.
/// </summary>
internal sealed class RecordPages<T>
    where T : class, IStoredRecord
{
    /// <summary>Records of one page.</summary>
    public const int PageSize = 256;

    private readonly Dictionary<string, Place> _byId = new(StringComparer.Ordinal);
    private readonly List<ImmutableArray<T>> _pages = [];

    // In the order of positions; a record that changed again has left a gap at its old place.
    private readonly List<T?> _log = [];
    private int _gaps;

    public int Count => _byId.Count;

    public int Pages => _pages.Count;

    /// <summary>The position of the last change; 0: there was none.</summary>
    public long Position { get; private set; }

    public IEnumerable<T> All => _byId.Values.Select(place => place.Record);

    public T? Find(string id) => _byId.TryGetValue(id, out var place) ? place.Record : null;

    /// <summary>Puts the next stored page back. Pages come in no order of changes: <see cref="EndLoad"/> makes it.</summary>
    public void Load(ImmutableArray<T> records)
    {
        foreach (var record in records)
        {
            _byId[record.Id] = new(_pages.Count, record);
            _log.Add(record);
            Position = Math.Max(Position, record.Position);
        }

        _pages.Add(records);
    }

    public void EndLoad()
    {
        _log.Sort(static (a, b) => a!.Position.CompareTo(b!.Position));
        _log.TrimExcess();
    }

    public RecordChange<T> Plan(T next)
    {
        if (_byId.TryGetValue(next.Id, out var known))
        {
            var page = _pages[known.Page];
            return new(known.Page, page.SetItem(page.IndexOf(known.Record), next), next);
        }

        var last = _pages.Count > 0 && _pages[^1].Length < PageSize ? _pages.Count - 1 : _pages.Count;
        return new(last, last < _pages.Count ? _pages[last].Add(next) : [next], next);
    }

    public void Apply(RecordChange<T> change)
    {
        if (change.Page == _pages.Count)
        {
            _pages.Add([]);
        }

        var record = change.Changed;
        _pages[change.Page] = change.Keys;
        if (_byId.TryGetValue(record.Id, out var known))
        {
            _log[IndexAfter(known.Record.Position - 1)] = null;
            _gaps++;
        }

        _byId[record.Id] = new(change.Page, record);
        _log.Add(record);
        Position = record.Position;
        if (_gaps > PageSize && _gaps > _log.Count / 2)
        {
            _log.RemoveAll(static entry => entry is null);
            _gaps = 0;
        }
    }

    /// <summary>The records that changed after a position, the earliest change first.</summary>
    public IEnumerable<T> After(long position)
    {
        for (var i = IndexAfter(position); i < _log.Count; i++)
        {
            if (_log[i] is { } record)
            {
                yield return record;
            }
        }
    }

    // The first place whose record, or the next one behind a gap, changed after the position.
    private int IndexAfter(long position)
    {
        var (low, high) = (0, _log.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var probe = middle;
            while (probe < high && _log[probe] is null)
            {
                probe++;
            }

            if (probe < high && _log[probe]!.Position <= position)
            {
                low = probe + 1;
            }
            else
            {
                high = middle;
            }
        }

        while (low < _log.Count && _log[low] is null)
        {
            low++;
        }

        return low;
    }

    private readonly record struct Place(int Page, T Record);
}
