using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>A share of a subject's limits, with an end.</summary>
/// <param name="Lease">Names the lease; empty when nothing was granted.</param>
/// <param name="Tokens">Requests that may be admitted; 0: refused.</param>
/// <param name="TimeToLive">From the moment the gateway <em>sent</em> its call, on the gateway's own clock.</param>
/// <param name="RetryAfter">When nothing was granted: how long to stay away.</param>
/// <param name="Blocked">Whether <paramref name="RetryAfter"/> is a block, which further requests do not extend.</param>
/// <param name="Limiting">The window that refuses, or the most constrained one.</param>
/// <param name="Windows">Every window as it stands after this grant.</param>
/// <param name="ReadsRuns">Whether the limiter reads <see cref="LeaseReport.Runs"/>.</param>
[GenerateSerializer, Immutable, Alias("pc.lease-grant")]
public sealed record LeaseGrant(
    [property: Id(0)] Guid Lease,
    [property: Id(1)] int Tokens,
    [property: Id(2)] TimeSpan TimeToLive,
    [property: Id(3)] TimeSpan RetryAfter,
    [property: Id(4)] bool Blocked,
    [property: Id(5)] LimitWindow Limiting,
    [property: Id(6)] ImmutableArray<WindowStatus> Windows,
    [property: Id(7)] bool ReadsRuns = false);

/// <summary>One of a subject's windows.</summary>
public enum LimitWindow
{
    /// <summary>No limit applies.</summary>
    None = 0,

    /// <summary>The last 60 s.</summary>
    Minute = 1,

    /// <summary>The last 3,600 s.</summary>
    Hour = 2,
}

/// <summary>How one window stands.</summary>
/// <param name="Window">Which.</param>
/// <param name="Limit">Requests in the window at most.</param>
/// <param name="Remaining">What is left, leases outstanding counted as used.</param>
/// <param name="Reset">Until the whole limit is free again.</param>
[GenerateSerializer, Immutable, Alias("pc.window-status")]
public readonly record struct WindowStatus(
    [property: Id(0)] LimitWindow Window,
    [property: Id(1)] int Limit,
    [property: Id(2)] int Remaining,
    [property: Id(3)] TimeSpan Reset);
