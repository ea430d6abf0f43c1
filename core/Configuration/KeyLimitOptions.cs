using System.ComponentModel.DataAnnotations;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Configuration;

/// <summary>What one key of the file may use. What is not set is the default of <c>RateLimits</c>; 0: no limit.</summary>
public sealed class KeyLimitOptions
{
    /// <summary>Requests in any 60 s.</summary>
    [Range(0, 100_000_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>Requests in any 3,600 s.</summary>
    [Range(0, 1_000_000_000)]
    public int? RequestsPerHour { get; set; }

    /// <summary>Tokens, in and out, in any 60 s.</summary>
    [Range(0.0, 1_000_000_000_000.0)]
    public long? TokensPerMinute { get; set; }

    /// <summary>Tokens, in and out, in any 3,600 s.</summary>
    [Range(0.0, 1_000_000_000_000.0)]
    public long? TokensPerHour { get; set; }

    /// <summary>Requests in flight.</summary>
    [Range(0, 1_000_000)]
    public int? Concurrency { get; set; }

    /// <summary>US dollars in a calendar day (UTC).</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal? DollarsPerDay { get; set; }

    /// <summary>US dollars in a calendar month (UTC).</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal? DollarsPerMonth { get; set; }

    /// <summary>Whether going over a limit is only told, not refused.</summary>
    public bool? Shadow { get; set; }

    /// <summary>The same as limits of a key.</summary>
    public LimitSet ToLimitSet() => new()
    {
        RequestsPerMinute = RequestsPerMinute,
        RequestsPerHour = RequestsPerHour,
        TokensPerMinute = TokensPerMinute,
        TokensPerHour = TokensPerHour,
        Concurrency = Concurrency,
        DollarsPerDay = DollarsPerDay,
        DollarsPerMonth = DollarsPerMonth,
        Shadow = Shadow,
    };
}
