using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>The default limits of each caller (SPEC section 7), and of what it belongs to.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests of a key in any 60 s; 0: no limit. Default 100.</summary>
    [Range(0, 100_000_000)]
    public int RequestsPerMinute { get; set; } = 100;

    /// <summary>Requests of a key in any 3,600 s; 0: no limit. Default 1,000.</summary>
    [Range(0, 1_000_000_000)]
    public int RequestsPerHour { get; set; } = 1000;

    /// <summary>Requests of a key in flight, over the cluster; 0: no limit. Default 0.</summary>
    [Range(0, 1_000_000)]
    public int Concurrency { get; set; }

    /// <summary>Whether going over a limit blocks the caller for the window's length. Default true.</summary>
    public bool Block { get; set; } = true;

    /// <summary><c>enforce</c>, or <c>shadow</c>: what would be refused is only told. Default <c>enforce</c>.</summary>
    [AllowedValues("enforce", "shadow")]
    public string Mode { get; set; } = "enforce";

    /// <summary><c>share</c> (each gateway enforces its share), <c>open</c> or <c>closed</c>. Default <c>share</c>.</summary>
    [AllowedValues("share", "open", "closed")]
    public string OnLimiterDown { get; set; } = "share";

    /// <summary>Whether answers also carry <c>RateLimit</c> and <c>RateLimit-Policy</c> (draft-ietf-httpapi-ratelimit-headers-11). Default false.</summary>
    public bool StandardHeaders { get; set; }

    /// <summary>Each user, over all its keys and tokens. Default 100 a minute and 1,000 an hour.</summary>
    public SubjectLimitOptions Users { get; set; } = new() { RequestsPerMinute = 100, RequestsPerHour = 1000 };

    /// <summary>Each team, over all its members. Default: no limit.</summary>
    public SubjectLimitOptions Teams { get; set; } = new();

    /// <summary>Models, over all callers; the first whose name fits counts. Default: none.</summary>
    public IList<ModelLimitOptions> Models { get; } = [];

    /// <summary>Client addresses, before authentication and in each gateway by itself.</summary>
    public AddressLimitOptions Address { get; set; } = new();
}
