namespace ProxyCluster.Tests.Support.Limits;

/// <summary>
/// The rule of limits as it is written down (SPEC section 7, RELIABILITY 5.1), for one place that sees every request at once:
/// what the cluster is held against. Windows slide; who goes over one is blocked for its length, of two windows for the longer;
/// refused requests neither count nor make a block longer; a request that is exactly as old as the window is out.
/// </summary>
/// <param name="perMinute">Requests in any 60 s; 0: no limit.</param>
/// <param name="perHour">Requests in any 3,600 s; 0: no limit.</param>
/// <param name="block">Whether going over a limit blocks.</param>
public sealed class SpecRule(int perMinute, int perHour, bool block)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Queue<TimeSpan> _minute = new();
    private readonly Queue<TimeSpan> _hour = new();
    private TimeSpan _blockedUntil = TimeSpan.MinValue;

    /// <summary>Whether a request is admitted. Requests come in the order of their times.</summary>
    /// <param name="at">When it comes.</param>
    public bool Admits(TimeSpan at)
    {
        if (at < _blockedUntil)
        {
            return false;
        }

        var overHour = IsFull(_hour, perHour, Hour, at);
        var overMinute = IsFull(_minute, perMinute, Minute, at);
        if (!overHour && !overMinute)
        {
            _minute.Enqueue(at);
            _hour.Enqueue(at);
            return true;
        }

        if (block)
        {
            _blockedUntil = at + (overHour ? Hour : Minute);
        }

        return false;
    }

    /// <summary>How many of some requests are admitted.</summary>
    /// <param name="at">When they come, in any order.</param>
    public int Count(IEnumerable<DateTimeOffset> at)
    {
        var sorted = at.Order().ToArray();
        return sorted.Count(one => Admits(one - sorted[0]));
    }

    private static bool IsFull(Queue<TimeSpan> window, int limit, TimeSpan length, TimeSpan at)
    {
        while (window.TryPeek(out var oldest) && at - oldest >= length)
        {
            window.Dequeue();
        }

        return limit > 0 && window.Count >= limit;
    }
}
