using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>Tokens of one lease that were used at about the same time.</summary>
/// <param name="AgeMilliseconds">How long ago, as the call is sent, for the youngest of them; negative as in <see cref="LeaseReport.UsedAgesMilliseconds"/>.</param>
/// <param name="Count">How many; at least 1.</param>
[GenerateSerializer, Immutable, Alias("pc.used-run")]
public readonly record struct UsedRun(
    [property: Id(0)] int AgeMilliseconds,
    [property: Id(1)] int Count);

/// <summary>Puts the uses of a large lease together: a report then grows with time, not with requests.</summary>
public static class UsedRuns
{
    // A quarter of the smallest bucket that a large limit is kept in: what rounding to the younger side costs is less than a bucket costs.
    private const int CoarseMilliseconds = 60;

    /// <summary>Uses of which a report tells each by itself; more go in runs.</summary>
    public const int MostSingly = 32;

    /// <summary>Joins uses that follow each other.</summary>
    /// <param name="ages">Of each use, in milliseconds, the oldest first or nearly so.</param>
    /// <param name="isExact">Whether only equal ages are joined; otherwise those within 60 ms, all of them dated as the youngest, which is never too early.</param>
    public static ImmutableArray<UsedRun> Join(ReadOnlySpan<int> ages, bool isExact)
    {
        var runs = ImmutableArray.CreateBuilder<UsedRun>();
        var span = isExact ? 0 : CoarseMilliseconds;
        var (oldest, youngest, count) = (0, 0, 0);
        foreach (var age in ages)
        {
            if (count > 0 && Math.Max(oldest, age) - Math.Min(youngest, age) <= span)
            {
                (oldest, youngest, count) = (Math.Max(oldest, age), Math.Min(youngest, age), count + 1);
                continue;
            }

            if (count > 0)
            {
                runs.Add(new UsedRun(youngest, count));
            }

            (oldest, youngest, count) = (age, age, 1);
        }

        if (count > 0)
        {
            runs.Add(new UsedRun(youngest, count));
        }

        return runs.ToImmutable();
    }
}
