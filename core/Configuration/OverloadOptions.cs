using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>What a gateway takes at most before it refuses requests, the least important first.</summary>
public sealed class OverloadOptions
{
    /// <summary>
    /// Requests in flight in this process, streams included. Default 12,000, so that normal ones (85 %) can use all of the
    /// 10,000 connections that the listeners take.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxInFlight { get; set; } = 12_000;

    /// <summary>The share of the memory allowed to the process (its cgroup's, or the machine's) that it may use; 0: not looked at. Default 0.8.</summary>
    [Range(0.0, 1.0)]
    public double MemoryShare { get; set; } = 0.8;

    /// <summary>Whether the limit follows how long the process's own steps wait to be run. Default false.</summary>
    public bool Adaptive { get; set; }

    /// <summary>The least that an adaptive limit falls to. Default 64.</summary>
    [Range(1, 1_000_000)]
    public int AdaptiveLeast { get; set; } = 64;

    /// <summary>Requests that wait for a slot of one provider at once, where all that serve the model are full. Default 64.</summary>
    [Range(0, 100_000)]
    public int MaxWaiting { get; set; } = 64;

    /// <summary>How long one waits at most, in seconds; a quarter of the client's own limit where that is less. Default 2.</summary>
    [Range(0.0, 600.0)]
    public double LongestWaitSeconds { get; set; } = 2;
}
