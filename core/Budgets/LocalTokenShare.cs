namespace ProxyCluster.Core.Budgets;

/// <summary>Lets one gateway enforce its part of a subject's limits on tokens by itself, while the cluster does not answer.</summary>
/// <remarks>
/// For the first length of a window it lets through at most the gateway's part of what was left when the cluster was last heard;
/// later its part of the limit. Times are milliseconds of one clock. Not thread-safe.
/// </remarks>
public sealed class LocalTokenShare
{
    private readonly TokenWindow _minute = new(TimeSpan.FromMinutes(1));
    private readonly TokenWindow _hour = new(TimeSpan.FromHours(1));
    private readonly long _since;
    private readonly int _gateways;
    private readonly BudgetStanding? _standing;

    /// <summary>Begins with nothing used.</summary>
    /// <param name="now">When the cluster fell silent.</param>
    /// <param name="gateways">How many gateways share the limits; at least 1.</param>
    /// <param name="standing">The limits as they were last told; <see langword="null"/>: never, so the part alone counts.</param>
    public LocalTokenShare(long now, int gateways, BudgetStanding? standing)
    {
        _since = now;
        _gateways = Math.Max(1, gateways);
        _standing = standing;
    }

    /// <summary>Lets a request through, if it fits in this gateway's part of both windows.</summary>
    /// <param name="tokens">What it is expected to use.</param>
    /// <param name="limits">The limits in force.</param>
    /// <param name="now">Milliseconds.</param>
    /// <returns>The limit that has no room; none: it may go.</returns>
    public BudgetLimit Take(long tokens, BudgetLimits limits, long now)
    {
        _minute.Advance(now);
        _hour.Advance(now);
        if (IsFull(_minute, BudgetLimit.TokensPerMinute, tokens, limits, now))
        {
            return BudgetLimit.TokensPerMinute;
        }

        if (IsFull(_hour, BudgetLimit.TokensPerHour, tokens, limits, now))
        {
            return BudgetLimit.TokensPerHour;
        }

        _minute.Add(now, tokens);
        _hour.Add(now, tokens);
        return BudgetLimit.None;
    }

    private bool IsFull(TokenWindow window, BudgetLimit limit, long tokens, BudgetLimits limits, long now)
    {
        var most = limits.Of(limit);
        if (most == 0)
        {
            return false;
        }

        var part = most / _gateways;
        if (_standing is { } told && now < _since + window.LengthMilliseconds)
        {
            part = Math.Min(part, told.Of(limit).LeftOf(most) / _gateways);
        }

        return window.Used + tokens > part;
    }
}
