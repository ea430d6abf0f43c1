using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>What each gateway remembers of the requests it has served, for operators: never anything of their content.</summary>
public sealed class RecentRequestOptions
{
    /// <summary>Requests remembered at most; 0: none. Default 1,000.</summary>
    [Range(0, 100_000)]
    public int Kept { get; set; } = 1_000;

    /// <summary>Minutes for which one is shown. Default 15.</summary>
    [Range(1, 1_440)]
    public int Minutes { get; set; } = 15;
}
