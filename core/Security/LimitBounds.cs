using System.Numerics;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>Limits that stay within others.</summary>
public static class LimitBounds
{
    /// <summary>The stricter of two sets, number by number. Where the bound says nothing, or no limit, nothing is bounded.</summary>
    /// <param name="limits">What is asked for; <see langword="null"/>: the defaults.</param>
    /// <param name="bound">What it must stay within; <see langword="null"/>: no bound.</param>
    public static LimitSet? Within(LimitSet? limits, LimitSet? bound)
    {
        if (bound is null)
        {
            return limits;
        }

        var asked = limits ?? new LimitSet();
        var within = new LimitSet
        {
            RequestsPerMinute = Least(asked.RequestsPerMinute, bound.RequestsPerMinute),
            RequestsPerHour = Least(asked.RequestsPerHour, bound.RequestsPerHour),
            TokensPerMinute = Least(asked.TokensPerMinute, bound.TokensPerMinute),
            TokensPerHour = Least(asked.TokensPerHour, bound.TokensPerHour),
            Concurrency = Least(asked.Concurrency, bound.Concurrency),
            DollarsPerDay = Least(asked.DollarsPerDay, bound.DollarsPerDay),
            DollarsPerMonth = Least(asked.DollarsPerMonth, bound.DollarsPerMonth),

            // Limits that are only told bind nobody.
            Shadow = asked.Shadow == true && bound.Shadow != true ? false : asked.Shadow,
        };
        return limits is null && within == new LimitSet() ? null : within;
    }

    // 0 is no limit at all.
    private static T? Least<T>(T? asked, T? bound)
        where T : struct, INumber<T>
    {
        if (bound is not { } most || T.IsZero(most))
        {
            return asked;
        }

        return asked is { } wish && !T.IsZero(wish) && wish <= most ? asked : bound;
    }
}
