using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>A gateway's call to the limiter of one subject.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="RequestId">Repeated when the call is repeated after a time-out: the same lease is answered again.</param>
/// <param name="Wanted">Tokens wanted, one a request; 0: only returns what it has.</param>
/// <param name="Returned">What became of earlier leases.</param>
[GenerateSerializer, Immutable, Alias("pc.lease-request")]
public sealed record LeaseRequest(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] Guid RequestId,
    [property: Id(2)] int Wanted,
    [property: Id(3)] ImmutableArray<LeaseReport> Returned);

/// <summary>What became of one lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="UsedAgesMilliseconds">For each token used since the last report: how long ago, as the call is sent.</param>
/// <param name="Closed">Nothing more of it will be used: what is left goes back.</param>
[GenerateSerializer, Immutable, Alias("pc.lease-report")]
public sealed record LeaseReport(
    [property: Id(0)] Guid Lease,
    [property: Id(1)] ImmutableArray<int> UsedAgesMilliseconds,
    [property: Id(2)] bool Closed);
