using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>What a limit is about.</summary>
internal enum LimitKind
{
    /// <summary>No limit, but the absence of who keeps it.</summary>
    Down = 0,

    /// <summary>Requests in 60 s.</summary>
    Minute = 1,

    /// <summary>Requests in 3,600 s.</summary>
    Hour = 2,

    /// <summary>Requests in flight.</summary>
    Concurrency = 3,
}

/// <summary>The words for limits, the same in answers, metrics and events.</summary>
internal static class LimitKinds
{
    /// <summary>The kind that a window is.</summary>
    public static LimitKind Of(LimitWindow window) => window switch
    {
        LimitWindow.Hour => LimitKind.Hour,
        LimitWindow.Minute => LimitKind.Minute,
        _ => LimitKind.Down,
    };

    /// <summary>The window that a kind is about; none for what is no window.</summary>
    public static LimitWindow WindowOf(LimitKind kind) => kind switch
    {
        LimitKind.Hour => LimitWindow.Hour,
        LimitKind.Minute => LimitWindow.Minute,
        _ => LimitWindow.None,
    };

    /// <summary>The <c>code</c> of the answer.</summary>
    public static string CodeOf(LimitKind kind) => kind switch
    {
        LimitKind.Hour => "requests_per_hour",
        LimitKind.Concurrency => "concurrency",
        LimitKind.Down => "limiter_unavailable",
        _ => "requests_per_minute",
    };

    /// <summary>The tag of metrics.</summary>
    public static string TagOf(LimitKind kind) => kind switch
    {
        LimitKind.Minute => "minute",
        LimitKind.Hour => "hour",
        LimitKind.Concurrency => "concurrency",
        _ => "down",
    };

    /// <summary>The tag of metrics.</summary>
    public static string TagOf(LimitLevel level) => level switch
    {
        LimitLevel.User => "user",
        LimitLevel.Team => "team",
        LimitLevel.Model => "model",
        LimitLevel.Token => "token",
        _ => "key",
    };
}
