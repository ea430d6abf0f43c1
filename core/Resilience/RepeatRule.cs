using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Resilience;

/// <summary>Decides whether a provider that failed is asked the same again, and after which wait. Only for when nobody else is left.</summary>
public static class RepeatRule
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether asking again can help. What took all of its time would take it again, refused credentials stay refused, and a
    /// 429 that names no end is likely to outlast any wait that a client would bear.
    /// </summary>
    /// <param name="outcome">How the attempt ended.</param>
    /// <param name="advised">The provider's own <c>Retry-After</c>; <see langword="null"/>: none.</param>
    public static bool CanHelp(AttemptOutcome outcome, TimeSpan? advised) => outcome switch
    {
        AttemptOutcome.ConnectFailed or AttemptOutcome.ServerError or AttemptOutcome.InvalidAnswer => true,
        AttemptOutcome.RateLimited => advised is not null,
        _ => false,
    };

    /// <summary>How long to wait.</summary>
    /// <param name="advised">The provider's own advice; <see langword="null"/>: none, and the wait is a random part of 100 ms × 2ⁿ, at most of 2 s.</param>
    /// <param name="repeats">How often this request has been repeated before; at least 0.</param>
    /// <param name="longest">The longest advised wait that is worth a client's while.</param>
    /// <param name="left">What is left of the client's time.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    /// <returns><see langword="null"/>: it is not worth it.</returns>
    public static TimeSpan? Wait(TimeSpan? advised, int repeats, TimeSpan longest, TimeSpan left, double random)
    {
        var wait = advised is { } advice && advice > TimeSpan.Zero ? advice : Backoff(repeats, random);
        return (advised is null || wait <= longest) && wait < left ? wait : null;
    }

    private static TimeSpan Backoff(int repeats, double random)
    {
        var most = repeats < 5 ? FirstBackoff * (1 << repeats) : LongestBackoff;
        return random * (most < LongestBackoff ? most : LongestBackoff);
    }
}
