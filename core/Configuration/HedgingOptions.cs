using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Whether a second provider is asked where the first is slower than it usually is. It costs money.</summary>
public sealed class HedgingOptions
{
    /// <summary>Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The least priority of a request that is hedged: <c>batch</c>, <c>normal</c>, <c>high</c> or <c>critical</c>. Default <c>high</c>.</summary>
    [AllowedValues("batch", "normal", "high", "critical")]
    public string LeastPriority { get; set; } = "high";

    /// <summary>The share of a provider's requests for a model that are answered before a second provider is asked. Default 0.95.</summary>
    [Range(0.5, 0.999)]
    public double Quantile { get; set; } = 0.95;

    /// <summary>The most requests that are hedged, as a share of all. Default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double MaxShare { get; set; } = 0.02;

    /// <summary>How busy the second provider may be, as a share of its <c>MaxConcurrency</c>. Default 0.7.</summary>
    [Range(0.0, 1.0)]
    public double MaxLoad { get; set; } = 0.7;
}
