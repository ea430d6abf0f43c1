using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>How a <c>simulator</c> provider behaves.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Before the first byte of an answer. Default 0.</summary>
    [Range(0, 600_000)]
    public int FirstTokenMilliseconds { get; set; }

    /// <summary>How fast a stream goes; 0: as fast as it can. Default 0.</summary>
    [Range(0.0, 1_000_000.0)]
    public double TokensPerSecond { get; set; }

    /// <summary>The share of requests that fail, 0 to 1. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double FailureRate { get; set; }

    /// <summary>The status of a failure, 400 to 599. Default 500.</summary>
    [Range(400, 599)]
    public int FailureStatus { get; set; } = 500;

    /// <summary>How long an answer is. Default 32.</summary>
    [Range(0, 1_000_000)]
    public int AnswerTokens { get; set; } = 32;
}
