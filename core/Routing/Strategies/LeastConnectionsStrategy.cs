namespace ProxyCluster.Core.Routing.Strategies;

/// <summary>
/// Who has the fewest requests in flight; among equals by priority, then by weight. One that has become far slower than the
/// others comes after them: with as many requests in flight as they, every one of them would be late.
/// </summary>
public sealed class LeastConnectionsStrategy : IRoutingStrategy
{
    /// <summary>The one there is.</summary>
    public static readonly LeastConnectionsStrategy Instance = new();

    private LeastConnectionsStrategy()
    {
    }

    /// <inheritdoc/>
    public string Name => "least_connections";

    /// <summary>Who takes more than this many times as long as the others on average is far slower.</summary>
    public const double OutlierRatio = 3;

    /// <summary>Nobody is far slower who takes no longer than this, in seconds.</summary>
    public const double OutlierSeconds = 2;

    /// <inheritdoc/>
    public bool Learns => true;

    /// <inheritdoc/>
    public int Choose(in Contest contest)
    {
        var (sum, known) = (0.0, 0);
        for (var i = 0; i < contest.Count; i++)
        {
            var latency = contest.LatencySeconds(i);
            sum += latency ?? 0;
            known += latency is null ? 0 : 1;
            contest.Values[i] = latency ?? double.NaN;
        }

        for (var i = 0; i < contest.Count; i++)
        {
            var own = contest.Values[i];
            var isOutlier = own > OutlierSeconds && known > 1 && own > OutlierRatio * (sum - own) / (known - 1);
            contest.Values[i] = (isOutlier ? (double)int.MinValue : 0) - contest.InFlight(i);
        }

        return Sharing.ByPriorityThenWeight(contest, Sharing.Best(contest));
    }
}
