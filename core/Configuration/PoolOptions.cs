using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How many connections are kept ready for each upstream host, and for how long (SPEC section 6).</summary>
public sealed class PoolOptions
{
    /// <summary>Connections kept ready at least, however little a host is asked. Default 5.</summary>
    [Range(0, 10_000)]
    public int MinSize { get; set; } = 5;

    /// <summary>Connections kept ready at most, as the rate asks for them. Default 50.</summary>
    [Range(0, 10_000)]
    public int MaxSize { get; set; } = 50;

    /// <summary>Connections kept ready at most for a host whose answers take long. Default 100.</summary>
    [Range(0, 10_000)]
    public int MaxSlowSize { get; set; } = 100;

    /// <summary>Connections kept ready for each request a second of the last window. Default 10.</summary>
    [Range(0.0, 1000.0)]
    public double ConnectionsPerRequestRate { get; set; } = 10;

    /// <summary>The share of failed requests above which the size is halved. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double HalveAboveErrorShare { get; set; } = 0.1;

    /// <summary>The mean response time, in seconds, above which the size grows by half. Default 5.</summary>
    [Range(0.0, 3600.0)]
    public double GrowAboveResponseSeconds { get; set; } = 5;

    /// <summary>What the newest response counts in the mean response time. Default 0.1.</summary>
    [Range(0.001, 1.0)]
    public double ResponseSmoothing { get; set; } = 0.1;

    /// <summary>Connections that may be open beyond the requests in flight, as a share of these. Default 0.2.</summary>
    [Range(0.01, 10.0)]
    public double Headroom { get; set; } = 0.2;

    /// <summary>Seconds whose requests make the next size. Default 60.</summary>
    [Range(1, 3600)]
    public int WindowSeconds { get; set; } = 60;

    /// <summary>Seconds without a request after which a connection that has served is closed. Default 30.</summary>
    [Range(1, 3600)]
    public int KeepAliveSeconds { get; set; } = 30;

    /// <summary>Seconds after which a host's connections are replaced; requests in flight go on. Default 3600.</summary>
    [Range(10, 604_800)]
    public int RecycleSeconds { get; set; } = 3600;

    /// <summary>Seconds for which a host's addresses hold. Default 300.</summary>
    [Range(1, 86_400)]
    public int DnsSeconds { get; set; } = 300;

    /// <summary>Seconds without a request after which nothing is kept ready for a host. Default 600.</summary>
    [Range(1, 604_800)]
    public int ColdAfterSeconds { get; set; } = 600;

    /// <summary>Seconds between two looks after the pools. Default 5.</summary>
    [Range(1, 60)]
    public int UpkeepSeconds { get; set; } = 5;
}
