using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Limits of one level, beside those of keys.</summary>
public abstract class LevelLimitOptions
{
    /// <summary>Requests in any 60 s; 0: no limit. Default 0, for users 100.</summary>
    [Range(0, 100_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <summary>Requests in any 3,600 s; 0: no limit. Default 0, for users 1,000.</summary>
    [Range(0, 1_000_000_000)]
    public int RequestsPerHour { get; set; }

    /// <summary>Requests in flight, over the cluster; 0: no limit. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int Concurrency { get; set; }

    /// <summary>Whether going over a limit blocks the subject for the window's length. Default: as <c>RateLimits:Block</c>; for models false.</summary>
    public bool? Block { get; set; }

    /// <summary><c>enforce</c> or <c>shadow</c>. Default: as <c>RateLimits:Mode</c>.</summary>
    [AllowedValues("enforce", "shadow")]
    public string? Mode { get; set; }

    /// <summary><c>share</c>, <c>open</c> or <c>closed</c>. Default: as <c>RateLimits:OnLimiterDown</c>.</summary>
    [AllowedValues("share", "open", "closed")]
    public string? OnLimiterDown { get; set; }
}
