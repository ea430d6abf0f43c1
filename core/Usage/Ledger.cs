using System.Collections.Immutable;

namespace ProxyCluster.Core.Usage;

/// <summary>
/// The usage of one day, or a part of it, in pages of bounded size: a batch writes the pages that it touches. Not thread-safe.
/// </summary>
/// <remarks>
/// A change is planned, stored page by page by the caller, and applied page by page. A batch whose storing broke off is sent
/// again: the pages that have seen it leave it out. Rows never move, and the new ones of a batch go to one page, the last.
/// </remarks>
public sealed class Ledger
{
    /// <summary>Rows of one stored page.</summary>
    public const int PageSize = 256;

    private readonly List<LedgerPage> _pages = [];
    private readonly Dictionary<UsageKey, (int Page, int Index)> _places = [];

    /// <summary>How many pages there are.</summary>
    public int Pages => _pages.Count;

    /// <summary>All rows.</summary>
    public IEnumerable<UsageRow> Rows => _pages.SelectMany(static page => page.Rows);

    /// <summary>The pages that a batch changes, with their numbers, new ones first; empty: all of it is counted already.</summary>
    /// <param name="batch">What a gateway tells.</param>
    public ImmutableArray<(int Number, LedgerPage Page)> Plan(UsageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var changes = new List<(int Number, LedgerPage Page)>();
        var fresh = batch.Rows.Where(row => !_places.ContainsKey(row.Key)).ToList();
        if (fresh.Count > 0)
        {
            changes.AddRange(PlanFresh(batch, fresh));
        }

        foreach (var known in batch.Rows.Where(row => _places.ContainsKey(row.Key)).GroupBy(row => _places[row.Key].Page))
        {
            var place = changes.FindIndex(change => change.Number == known.Key);
            var page = place >= 0 ? changes[place].Page : _pages[known.Key];
            if (place < 0 && HasSeen(page, batch))
            {
                continue;
            }

            var changed = page with { Rows = Added(page.Rows, known), Counted = page.Counted.SetItem(batch.Gateway, batch.Sequence) };
            if (place >= 0)
            {
                changes[place] = (known.Key, changed);
            }
            else
            {
                changes.Add((known.Key, changed));
            }
        }

        return [.. changes];
    }

    /// <summary>Takes a page in, once it is stored; also each stored page in turn, when the ledger is read.</summary>
    /// <param name="number">Of a page there is, or the next one.</param>
    /// <param name="page">What it says from now on.</param>
    public void Apply(int number, LedgerPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (number == _pages.Count)
        {
            _pages.Add(page);
        }
        else
        {
            _pages[number] = page;
        }

        for (var i = 0; i < page.Rows.Length; i++)
        {
            _places[page.Rows[i].Key] = (number, i);
        }
    }

    // New rows that do not fit on the last page begin another one, all of them: so one page tells whether they were seen.
    private IEnumerable<(int, LedgerPage)> PlanFresh(UsageBatch batch, List<UsageRow> fresh)
    {
        var fits = _pages.Count > 0 && _pages[^1].Rows.Length + fresh.Count <= PageSize && !HasSeen(_pages[^1], batch);
        var number = fits ? _pages.Count - 1 : _pages.Count;
        var page = fits ? _pages[^1] : LedgerPage.Empty;
        foreach (var rows in fresh.Chunk(PageSize))
        {
            yield return (number++, page with { Rows = page.Rows.AddRange(rows), Counted = page.Counted.SetItem(batch.Gateway, batch.Sequence) });
            page = LedgerPage.Empty;
        }
    }

    private ImmutableArray<UsageRow> Added(ImmutableArray<UsageRow> rows, IEnumerable<UsageRow> more)
    {
        var sums = rows.ToBuilder();
        foreach (var row in more)
        {
            var index = _places[row.Key].Index;
            sums[index] = row with { Totals = sums[index].Totals + row.Totals };
        }

        return sums.DrainToImmutable();
    }

    private static bool HasSeen(LedgerPage page, UsageBatch batch) => page.Counted.GetValueOrDefault(batch.Gateway) >= batch.Sequence;
}
