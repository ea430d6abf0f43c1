using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The limits in force, and what holds while the limiter does not answer. Replaced whole when the configuration changes.</summary>
/// <param name="Limits">The limits.</param>
/// <param name="WhenDown">What holds without the limiter.</param>
internal sealed record LimiterPolicy(LimitSettings Limits, OnLimiterDown WhenDown)
{
    /// <summary>Reads the configuration.</summary>
    public static LimiterPolicy From(RateLimitOptions options) => new(
        new LimitSettings(Math.Max(0, options.RequestsPerMinute), Math.Max(0, options.RequestsPerHour), options.Block),
        options.OnLimiterDown switch
        {
            "open" => OnLimiterDown.Open,
            "closed" => OnLimiterDown.Closed,
            _ => OnLimiterDown.Share,
        });
}

/// <summary>What holds while the limiter of a subject does not answer.</summary>
internal enum OnLimiterDown
{
    /// <summary>This gateway enforces its part of the limits alone, without end.</summary>
    Share = 0,

    /// <summary>Everything is admitted.</summary>
    Open = 1,

    /// <summary>Everything is refused.</summary>
    Closed = 2,
}
