using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>A refusal of the limiter, repeated here for a moment instead of asking again.</summary>
/// <param name="ToldAt">When it was heard.</param>
/// <param name="Until">Until when nobody need ask.</param>
/// <param name="Window">The window that refuses.</param>
/// <param name="Limit">Its limit.</param>
/// <param name="RetryAfter">As told.</param>
/// <param name="Reset">As told.</param>
/// <param name="Blocked">Whether it is a block.</param>
internal sealed record Denial(long ToldAt, long Until, LimitWindow Window, int Limit, TimeSpan RetryAfter, TimeSpan Reset, bool Blocked)
{
    // Other gateways may return tokens at any time, so a full window is asked again soon; a block ends early by an operator's hand only.
    private static readonly TimeSpan LongestWhenFull = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWhenBlocked = TimeSpan.FromSeconds(1);

    /// <summary>Whether the block lasts.</summary>
    public bool IsBlockAt(long now) => Blocked && now < ToldAt + (long)RetryAfter.TotalMilliseconds;

    public static Denial From(LeaseGrant grant, long now)
    {
        var status = default(WindowStatus);
        foreach (var candidate in grant.Windows)
        {
            if (candidate.Window == grant.Limiting)
            {
                status = candidate;
            }
        }

        var longest = grant.Blocked ? LongestWhenBlocked : LongestWhenFull;
        var hold = grant.RetryAfter < longest ? grant.RetryAfter : longest;
        return new Denial(now, now + Math.Max(1, (long)hold.TotalMilliseconds), grant.Limiting, status.Limit, grant.RetryAfter, status.Reset, grant.Blocked);
    }

    public LevelRefusal Decide(SubjectLimiter subject, long now)
    {
        var elapsed = TimeSpan.FromMilliseconds(now - ToldAt);
        var retry = RetryAfter - elapsed;
        var least = TimeSpan.FromMilliseconds(1);
        var kind = Window == LimitWindow.Hour ? LimitKind.Hour : LimitKind.Minute;
        return new LevelRefusal(subject, kind, Limit, retry > least ? retry : least, Reset > elapsed ? Reset - elapsed : TimeSpan.Zero, Blocked);
    }
}
