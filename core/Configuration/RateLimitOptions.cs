using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>The default limits of each caller (SPEC section 7).</summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests in any 60 s; 0: no limit. Default 100.</summary>
    [Range(0, 100_000_000)]
    public int RequestsPerMinute { get; set; } = 100;

    /// <summary>Requests in any 3,600 s; 0: no limit. Default 1,000.</summary>
    [Range(0, 1_000_000_000)]
    public int RequestsPerHour { get; set; } = 1000;

    /// <summary>Whether going over a limit blocks the caller for the window's length. Default true.</summary>
    public bool Block { get; set; } = true;

    /// <summary><c>share</c> (each gateway enforces its share), <c>open</c> or <c>closed</c>. Default <c>share</c>.</summary>
    [AllowedValues("share", "open", "closed")]
    public string OnLimiterDown { get; set; } = "share";
}
