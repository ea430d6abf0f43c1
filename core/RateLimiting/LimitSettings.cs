using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>The limits in force for one subject. They may differ from call to call.</summary>
/// <param name="PerMinute">Requests in any 60 s; 0: no limit.</param>
/// <param name="PerHour">Requests in any 3,600 s; 0: no limit.</param>
/// <param name="Block">Whether going over a limit blocks the subject for the window's length.</param>
[GenerateSerializer, Immutable, Alias("pc.limit-settings")]
public readonly record struct LimitSettings(
    [property: Id(0)] int PerMinute,
    [property: Id(1)] int PerHour,
    [property: Id(2)] bool Block)
{
    /// <summary>Whether any limit applies.</summary>
    public bool Any => PerMinute > 0 || PerHour > 0;

    /// <summary>The smaller of the limits that apply; <see cref="int.MaxValue"/>: none does.</summary>
    public int Smallest => Math.Min(PerMinute > 0 ? PerMinute : int.MaxValue, PerHour > 0 ? PerHour : int.MaxValue);

    /// <summary>Whether every request keeps its own millisecond, in all windows.</summary>
    public bool IsExact => Any && PerMinute <= SlidingWindow.LargestExactLimit && PerHour <= SlidingWindow.LargestExactLimit;

    /// <summary>The limit of one window; 0: none.</summary>
    public int Of(LimitWindow window) => window switch
    {
        LimitWindow.Minute => PerMinute,
        LimitWindow.Hour => PerHour,
        _ => 0,
    };
}
