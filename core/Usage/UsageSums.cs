namespace ProxyCluster.Core.Usage;

/// <summary>Sums usage by one dimension, a page of its values at a time. Pages of several sources are joined by the same rules.</summary>
/// <param name="query">What is asked for.</param>
public sealed class UsageSums(UsageQuery query)
{
    private readonly SortedDictionary<string, UsageTotals> _sums = new(StringComparer.Ordinal);

    /// <summary>Takes a row in, if it is asked for.</summary>
    public void Add(in UsageRow row)
    {
        if ((query.Subject is null || row.Key.Subject == query.Subject) && (query.Team is null || row.Key.Team == query.Team))
        {
            Add(new UsageGroup(row.Key.Of(query.By), row.Totals) { Team = query.Team });
        }
    }

    /// <summary>Takes the sums of another source in, if they are of the team alone that is asked for: one that knows no teams has summed them all.</summary>
    public void Add(in UsageGroup group)
    {
        if (group.Team == query.Team && (query.After is null || string.CompareOrdinal(group.Name, query.After) > 0))
        {
            _sums[group.Name] = _sums.GetValueOrDefault(group.Name) + group.Totals;
        }
    }

    /// <summary>The first values in ordinal order, as many as are asked for. Complete, where each source gave as many.</summary>
    public IEnumerable<UsageGroup> First() => _sums.Take(query.Limit).Select(pair => new UsageGroup(pair.Key, pair.Value) { Team = query.Team });
}
