namespace ProxyCluster.Core.RateLimiting;

/// <summary>Lets one gateway enforce its part of a subject's limits by itself, while the limiter does not answer.</summary>
/// <remarks>
/// It always knows what this gateway admitted. For the first length of a window it admits at most the gateway's part and at most
/// what the gateway had anyway when the limiter was last heard: its own uses and its part of what was free. So traffic that was
/// not evenly spread before stays within the limit also while it is being evened out.
/// Times are milliseconds of one clock. Not thread-safe.
/// </remarks>
public sealed class LocalShare
{
    private readonly SlidingWindow _minute = new(LimitWindow.Minute);
    private readonly SlidingWindow _hour = new(LimitWindow.Hour);
    private readonly int[] _startCap = [int.MaxValue, int.MaxValue];

    private long? _since;

    /// <summary>Counts a request admitted from a lease.</summary>
    public void Record(long time, LimitSettings settings)
    {
        Count(_minute, time, settings.PerMinute);
        Count(_hour, time, settings.PerHour);
    }

    /// <summary>Forgets what is out of the windows.</summary>
    public void Advance(long now)
    {
        _minute.Advance(now);
        _hour.Advance(now);
    }

    /// <summary>The limiter stops answering. A second call without <see cref="End"/> changes nothing.</summary>
    /// <param name="now">When.</param>
    /// <param name="gateways">How many share the limits.</param>
    /// <param name="held">Tokens this gateway held unused.</param>
    /// <param name="takenByOthers">What other gateways are thought to have taken since the windows were told.</param>
    /// <param name="lastHeard">The windows as the limiter last told them; empty: not known, so the part alone counts.</param>
    public void Begin(long now, int gateways, int held, int takenByOthers, ReadOnlySpan<WindowStatus> lastHeard)
    {
        if (_since is not null)
        {
            return;
        }

        Advance(now);
        _since = now;
        _startCap.AsSpan().Fill(int.MaxValue);
        foreach (ref readonly var status in lastHeard)
        {
            if (status.Window is LimitWindow.Minute or LimitWindow.Hour)
            {
                var window = status.Window == LimitWindow.Minute ? _minute : _hour;
                _startCap[Index(status.Window)] = window.Used + held + (Math.Max(0, status.Remaining - takenByOthers) / Math.Max(1, gateways));
            }
        }
    }

    /// <summary>A block is over: nothing of its window counts any more, here or at any other gateway.</summary>
    public void StartAnew(LimitWindow window) => _startCap[Index(window)] = int.MaxValue;

    /// <summary>The limiter answers again.</summary>
    public void End() => _since = null;

    /// <summary>Admits a request, if it fits in this gateway's part of every limit.</summary>
    public ShareDecision Take(long now, int gateways, LimitSettings settings)
    {
        Advance(now);
        var minute = Look(_minute, now, gateways, settings.PerMinute);
        var hour = Look(_hour, now, gateways, settings.PerHour);
        var tighter = minute.Remaining <= hour.Remaining ? minute : hour;
        if (tighter.Remaining <= 0)
        {
            var longer = minute.RetryAfter >= hour.RetryAfter ? minute : hour;
            return longer with { Remaining = 0 };
        }

        Record(now, settings);
        return tighter with { Admitted = true, Remaining = tighter.Remaining - 1 };
    }

    /// <summary>Takes an admission back: the request was refused for another reason.</summary>
    /// <param name="time">When it was admitted.</param>
    /// <param name="settings">The limits that it was admitted under.</param>
    public void GiveBack(long time, LimitSettings settings)
    {
        _minute.TakeBack(time, settings.PerMinute);
        _hour.TakeBack(time, settings.PerHour);
    }

    private ShareDecision Look(SlidingWindow window, long now, int gateways, int limit)
    {
        if (limit <= 0)
        {
            return new ShareDecision(false, LimitWindow.None, 0, int.MaxValue, TimeSpan.Zero);
        }

        var cap = Math.Max(1, limit / Math.Max(1, gateways));
        var settled = (_since ?? now) + window.LengthMilliseconds;
        if (now < settled)
        {
            cap = Math.Min(cap, _startCap[Index(window.Kind)]);
        }

        var remaining = cap - window.Used;
        if (remaining > 0)
        {
            return new ShareDecision(false, window.Kind, cap, remaining, TimeSpan.Zero);
        }

        var free = window.FreeAt(1 - remaining) ?? settled;
        return new ShareDecision(false, window.Kind, cap, 0, TimeSpan.FromMilliseconds(Math.Max(1, free - now)));
    }

    private static void Count(SlidingWindow window, long time, int limit)
    {
        if (limit > 0)
        {
            window.Report(time, 1, limit);
        }
    }

    private static int Index(LimitWindow window) => window == LimitWindow.Minute ? 0 : 1;
}

/// <summary>What a gateway decided alone.</summary>
/// <param name="Admitted">Whether the request may go.</param>
/// <param name="Limiting">The most constrained window, or the one that refuses; none: no limit applies.</param>
/// <param name="Limit">This gateway's part of it.</param>
/// <param name="Remaining">What is left of that.</param>
/// <param name="RetryAfter">When refused: how long to stay away.</param>
public readonly record struct ShareDecision(bool Admitted, LimitWindow Limiting, int Limit, int Remaining, TimeSpan RetryAfter);
