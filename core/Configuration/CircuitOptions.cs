using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>When a provider is no longer asked, and how it comes back (SPEC section 2).</summary>
public sealed class CircuitOptions
{
    /// <summary>Failures in a row that open a provider's circuit; a gateway that sees as many itself stops asking at once. Default 5.</summary>
    [Range(1, 1000)]
    public int ConsecutiveFailures { get; set; } = 5;

    /// <summary>The share of failed calls in the window that opens it. Default 0.5.</summary>
    [Range(0.01, 1.0)]
    public double FailureShare { get; set; } = 0.5;

    /// <summary>Calls that the window must hold before their share counts. Default 20.</summary>
    [Range(1, 100_000)]
    public int MinimumCalls { get; set; } = 20;

    /// <summary>Seconds that the window reaches back. Default 30.</summary>
    [Range(1, 300)]
    public int WindowSeconds { get; set; } = 30;

    /// <summary>Seconds that a circuit stays open the first time; each further time twice as long. Default 10.</summary>
    [Range(1, 3600)]
    public int OpenSeconds { get; set; } = 10;

    /// <summary>Seconds that a circuit stays open at most. Default 300.</summary>
    [Range(1, 86_400)]
    public int LongestOpenSeconds { get; set; } = 300;

    /// <summary>By which share the time is made longer or shorter at random, so that providers do not come back together. Default 0.2.</summary>
    [Range(0.0, 0.9)]
    public double Jitter { get; set; } = 0.2;

    /// <summary>Successes of a half-open circuit that close it. Default 3.</summary>
    [Range(1, 100)]
    public int SuccessesToClose { get; set; } = 3;

    /// <summary>Seconds in which a provider that came back is brought to its whole traffic; 0: at once. Default 30.</summary>
    [Range(0, 3600)]
    public int SlowStartSeconds { get; set; } = 30;

    /// <summary>The share of its traffic with which it begins. Default 0.1.</summary>
    [Range(0.01, 1.0)]
    public double SlowStartShare { get; set; } = 0.1;

    /// <summary>Seconds after which a probe that nobody has reported is given to another gateway. Default 30.</summary>
    [Range(1, 3600)]
    public int ProbeSeconds { get; set; } = 30;

    /// <summary>Seconds for which a gateway leaves a provider alone by its own word, before the cluster's arrives; doubled while it goes on failing. Default 3.</summary>
    [Range(1, 300)]
    public int HintSeconds { get; set; } = 3;
}
