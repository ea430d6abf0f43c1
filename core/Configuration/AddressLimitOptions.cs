using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>What one client address may do before anybody knows who it is. An IPv6 client is its /64.</summary>
public sealed class AddressLimitOptions
{
    /// <summary>Requests with wrong or missing credentials in any 60 s; more are refused with 429, unread; 0: no limit. Default 20.</summary>
    [Range(0, 1_000_000)]
    public int FailedAuthenticationsPerMinute { get; set; } = 20;

    /// <summary>Requests in any 60 s, whoever sends them; 0: no limit. Default 0.</summary>
    [Range(0, 100_000_000)]
    public int RequestsPerMinute { get; set; }
}
