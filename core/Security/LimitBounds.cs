using System.Numerics;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>Limits that stay within others.</summary>
public static class LimitBounds
{
    private interface IPick
    {
        T? Of<T>(T? one, T? other)
            where T : struct, INumber<T>;
    }

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
        var within = Pick(asked, bound, default(Stricter)) with
        {
            // Limits that are only told bind nobody.
            Shadow = asked.Shadow == true && bound.Shadow != true ? false : asked.Shadow,
        };
        return limits is null && within == new LimitSet() ? null : within;
    }

    /// <summary>Limits, and what takes their place where they say nothing.</summary>
    /// <param name="limits">What is said; <see langword="null"/>: nothing.</param>
    /// <param name="others">What holds else; <see langword="null"/>: nothing.</param>
    public static LimitSet? Or(LimitSet? limits, LimitSet? others) =>
        limits is null || others is null ? limits ?? others : Pick(limits, others, default(FirstSaid)) with { Shadow = limits.Shadow };

    /// <summary>What is left of limits where others say nothing.</summary>
    /// <param name="limits">Some limits.</param>
    /// <param name="others">What takes their place where it says anything; <see langword="null"/>: nowhere.</param>
    public static LimitSet? Except(LimitSet? limits, LimitSet? others) =>
        limits is null || others is null ? limits : Pick(limits, others, default(UnlessSaid)) with { Shadow = null };

    /// <summary>What limits say that others do not say as well.</summary>
    /// <param name="limits">Some limits.</param>
    /// <param name="others">Others; <see langword="null"/>: they say nothing.</param>
    public static LimitSet? Beside(LimitSet? limits, LimitSet? others) =>
        limits is null || others is null ? limits : Pick(limits, others, default(UnlessSame)) is var beside && beside == new LimitSet() ? null : beside;

    /// <summary>Whether anything that limits say is more than a bound has, or that they are only told, which bounds nobody. What they do not say is not more.</summary>
    /// <param name="limits">What is asked for; <see langword="null"/>: nothing.</param>
    /// <param name="bound">What it must stay within; <see langword="null"/>: no bound.</param>
    public static bool IsBeyond(LimitSet? limits, LimitSet? bound) =>
        limits is not null && bound is not null
        && ((limits.Shadow == true && bound.Shadow != true) || Pick(limits, bound, default(SaidAndBeyond)) != new LimitSet());

    private static LimitSet Pick<TPick>(LimitSet one, LimitSet other, TPick pick)
        where TPick : struct, IPick => new()
        {
            RequestsPerMinute = pick.Of(one.RequestsPerMinute, other.RequestsPerMinute),
            RequestsPerHour = pick.Of(one.RequestsPerHour, other.RequestsPerHour),
            TokensPerMinute = pick.Of(one.TokensPerMinute, other.TokensPerMinute),
            TokensPerHour = pick.Of(one.TokensPerHour, other.TokensPerHour),
            Concurrency = pick.Of(one.Concurrency, other.Concurrency),
            DollarsPerDay = pick.Of(one.DollarsPerDay, other.DollarsPerDay),
            DollarsPerMonth = pick.Of(one.DollarsPerMonth, other.DollarsPerMonth),
        };

    // 0 is no limit at all.
    private readonly struct Stricter : IPick
    {
        public T? Of<T>(T? one, T? other)
            where T : struct, INumber<T> =>
            other is not { } most || T.IsZero(most) || (one is { } wish && !T.IsZero(wish) && wish <= most) ? one : other;
    }

    private readonly struct FirstSaid : IPick
    {
        public T? Of<T>(T? one, T? other)
            where T : struct, INumber<T> => one ?? other;
    }

    private readonly struct UnlessSaid : IPick
    {
        public T? Of<T>(T? one, T? other)
            where T : struct, INumber<T> => other is null ? one : null;
    }

    private readonly struct UnlessSame : IPick
    {
        public T? Of<T>(T? one, T? other)
            where T : struct, INumber<T> => one == other ? null : one;
    }

    private readonly struct SaidAndBeyond : IPick
    {
        public T? Of<T>(T? one, T? other)
            where T : struct, INumber<T> => one is not null && default(Stricter).Of(one, other) != one ? one : null;
    }
}
