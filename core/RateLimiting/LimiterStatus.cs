using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>How one subject stands against its limits, for operators.</summary>
/// <param name="Limits">The limits that were in force at the last call; <see langword="null"/>: none was told since the grain began.</param>
/// <param name="Windows">The windows, as far as limits are known.</param>
/// <param name="Leases">Tokens that gateways hold and have not reported.</param>
/// <param name="Block">The window that was passed; <see cref="LimitWindow.None"/>: the subject is not blocked.</param>
/// <param name="BlockEndsIn">How long the block lasts.</param>
/// <param name="Concurrency">Requests in flight at most, over the cluster; 0: no limit, or none was told.</param>
/// <param name="Slots">How many of those are promised to gateways.</param>
[GenerateSerializer, Immutable, Alias("pc.limiter-status")]
public sealed record LimiterStatus(
    [property: Id(0)] LimitSettings? Limits,
    [property: Id(1)] ImmutableArray<WindowUse> Windows,
    [property: Id(2)] ImmutableArray<LeaseOut> Leases,
    [property: Id(3)] LimitWindow Block,
    [property: Id(4)] TimeSpan BlockEndsIn,
    [property: Id(5)] int Concurrency,
    [property: Id(6)] int Slots);

/// <summary>One window, with what it holds.</summary>
/// <param name="Window">Which.</param>
/// <param name="Limit">Requests at most; 0: no limit.</param>
/// <param name="Used">Requests that count now.</param>
/// <param name="Remaining">What is left, leases counted as used.</param>
/// <param name="Reset">Until the whole limit is free again.</param>
[GenerateSerializer, Immutable, Alias("pc.window-use")]
public readonly record struct WindowUse(
    [property: Id(0)] LimitWindow Window,
    [property: Id(1)] int Limit,
    [property: Id(2)] int Used,
    [property: Id(3)] int Remaining,
    [property: Id(4)] TimeSpan Reset);

/// <summary>A lease in a gateway's hand.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="Tokens">Requests that it may still admit, or has admitted and not reported.</param>
/// <param name="EndsIn">How long it lasts.</param>
[GenerateSerializer, Immutable, Alias("pc.lease-out")]
public readonly record struct LeaseOut(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] int Tokens,
    [property: Id(2)] TimeSpan EndsIn);
