namespace ProxyCluster.Core.RateLimiting;

/// <summary>What one subject used in the last 60 s or 3,600 s. It may count a request too long, never too short.</summary>
/// <remarks>
/// Up to <see cref="LargestExactLimit"/> every request keeps its own time and the window is exact to the millisecond. Above
/// it times are rounded up to one of 240 buckets (250 ms of the minute, 15 s of the hour), which is a ring whose oldest
/// bucket is counted whole: bounded in size, at most 0.4 % strict, and never over the limit.
/// </remarks>
public sealed class SlidingWindow
{
    /// <summary>The largest limit that is kept request by request.</summary>
    public const int LargestExactLimit = 1024;

    private const int Buckets = 240;

    // A gateway's own windows, of which there are many, never have one.
    private UsageLog? _assumed;

    /// <summary>Makes an empty window.</summary>
    public SlidingWindow(LimitWindow kind)
    {
        Kind = kind;
        LengthMilliseconds = kind switch
        {
            LimitWindow.Minute => 60_000,
            LimitWindow.Hour => 3_600_000,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only the minute and the hour are windows."),
        };
    }

    /// <summary>Which window.</summary>
    public LimitWindow Kind { get; }

    /// <summary>How long a request counts: one that is exactly so old is out.</summary>
    public long LengthMilliseconds { get; }

    /// <summary>Requests that count now.</summary>
    public int Used => Reported.Total + (_assumed?.Total ?? 0);

    /// <summary>Requests that count at a time which is not before the last <see cref="Advance"/>.</summary>
    public int UsedAt(long now) => Reported.CountAfter(now - LengthMilliseconds) + (_assumed?.CountAfter(now - LengthMilliseconds) ?? 0);

    /// <summary>The newest request that counts; <see langword="null"/>: none does.</summary>
    public long? Newest => Reported.Newest is { } reported
        ? Math.Max(reported, _assumed?.Newest ?? reported)
        : _assumed?.Newest;

    /// <summary>Requests that gateways say were admitted.</summary>
    internal UsageLog Reported { get; } = new();

    /// <summary>Tokens of leases that nobody reported: they may have been used, so they count, but nobody is blocked for them.</summary>
    internal UsageLog Assumed => _assumed ??= new UsageLog();

    /// <summary>Counts requests that were admitted.</summary>
    public void Report(long time, int count, int limit) => Reported.Add(RoundUp(time, limit), count);

    /// <summary>Counts tokens that may have been used, at the latest moment at which they can have been.</summary>
    public void Assume(long time, int count, int limit) => Assumed.Add(RoundUp(time, limit), count);

    /// <summary>Takes back one that was counted by <see cref="Report"/>, if it is still there.</summary>
    public void TakeBack(long time, int limit) => Reported.Remove(RoundUp(time, limit));

    /// <summary>Forgets what is out of the window.</summary>
    public void Advance(long now)
    {
        Reported.DropUntil(now - LengthMilliseconds);
        _assumed?.DropUntil(now - LengthMilliseconds);
    }

    /// <summary>How many requests were certainly admitted. A bucket that is partly out does not count here.</summary>
    public int RequestsAt(int limit, long now) => Reported.CountAfter(now - LengthMilliseconds + Resolution(limit) - 1);

    /// <summary>When as many of the oldest requests as <paramref name="count"/> says are out; <see langword="null"/>: there are not so many.</summary>
    public long? FreeAt(int count)
    {
        if (count > Used)
        {
            return null;
        }

        var reported = Reported.Entries;
        var assumed = _assumed is { } log ? log.Entries : default;
        var time = long.MinValue;
        for (int i = 0, j = 0; count > 0;)
        {
            var takeReported = j >= assumed.Length || (i < reported.Length && reported[i].Time <= assumed[j].Time);
            ref readonly var entry = ref takeReported ? ref reported[i++] : ref assumed[j++];
            count -= entry.Count;
            time = entry.Time;
        }

        return time + LengthMilliseconds;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Reported.Clear();
        _assumed?.Clear();
    }

    private long Resolution(int limit) => limit <= LargestExactLimit ? 1 : LengthMilliseconds / Buckets;

    private long RoundUp(long time, int limit)
    {
        var resolution = Resolution(limit);
        return resolution == 1 ? time : (time + resolution - 1) / resolution * resolution;
    }
}
