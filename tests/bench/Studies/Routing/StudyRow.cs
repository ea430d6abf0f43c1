namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>One strategy on one mix, over all seeds.</summary>
/// <param name="Strategy">Its name.</param>
/// <param name="Median">The run whose figure is the median.</param>
/// <param name="Least">The best figure of any seed.</param>
/// <param name="Most">The worst figure of any seed.</param>
internal sealed record StudyRow(string Strategy, Result Median, double Least, double Most)
{
    public static StudyRow Of(string strategy, IEnumerable<Result> results)
    {
        var sorted = results.OrderBy(r => r.Figure).ToList();
        return new StudyRow(strategy, sorted[sorted.Count / 2], sorted[0].Figure, sorted[^1].Figure);
    }
}
