namespace ProxyCluster.Core.ConnectionPools;

/// <summary>How an upstream host was used in one window.</summary>
/// <param name="Requests">Requests that ended in it.</param>
/// <param name="RequestsPerSecond">The same by the window's length.</param>
/// <param name="ErrorShare">The part of them that failed by the host's fault, 0 to 1; 0 where there were none.</param>
/// <param name="MeanResponseSeconds">Moving average of all requests so far, from sending to the last byte; 0 before the first.</param>
public readonly record struct PoolUse(long Requests, double RequestsPerSecond, double ErrorShare, double MeanResponseSeconds);
