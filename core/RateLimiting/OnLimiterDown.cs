namespace ProxyCluster.Core.RateLimiting;

/// <summary>What holds while the limiter of a subject does not answer.</summary>
public enum OnLimiterDown
{
    /// <summary>This gateway enforces its part of the limits alone, without end.</summary>
    Share = 0,

    /// <summary>Everything is admitted.</summary>
    Open = 1,

    /// <summary>Everything is refused.</summary>
    Closed = 2,
}
