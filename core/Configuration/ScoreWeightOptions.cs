using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>The weights of the score's parts. Each 0 or more, not all 0; only their ratios count.</summary>
public sealed class ScoreWeightOptions
{
    /// <summary>Default 0.4.</summary>
    [Range(0.0, 1_000_000.0)]
    public double Performance { get; set; } = 0.4;

    /// <summary>Default 0.3.</summary>
    [Range(0.0, 1_000_000.0)]
    public double Cost { get; set; } = 0.3;

    /// <summary>Default 0.2.</summary>
    [Range(0.0, 1_000_000.0)]
    public double Reliability { get; set; } = 0.2;

    /// <summary>Default 0.1.</summary>
    [Range(0.0, 1_000_000.0)]
    public double Load { get; set; } = 0.1;
}
