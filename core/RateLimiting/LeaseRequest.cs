using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>A gateway's call to the limiter of one subject.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="RequestId">Names the lease. Repeated when the call is repeated after a time-out: the same lease is answered again.</param>
/// <param name="Wanted">Tokens wanted, one a request; 0: only returns what it has.</param>
/// <param name="Returned">What became of earlier leases.</param>
/// <param name="Waiting">Requests that wait for this answer. Only these can go over a limit and be blocked: a refill ahead of need cannot.</param>
/// <param name="UnleasedAgesMilliseconds">How long ago this gateway admitted requests by itself, because the limiter did not answer. They count.</param>
/// <param name="Limits">The limits that the gateway knows to be in force; <see langword="null"/>: of an earlier release, which leaves it to the silo's configuration.</param>
/// <param name="UnleasedFirst">
/// The number of the first of those: the gateway numbers them one after the other, ever higher, so that a repeated call counts once.
/// 0: of an earlier release, which counts them twice.
/// </param>
/// <param name="UnleasedWithinShare">Whether those were admitted within the gateway's part of the limits. Only then can they fill a limit and lead to a block.</param>
[GenerateSerializer, Immutable, Alias("pc.lease-request")]
public sealed record LeaseRequest(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] Guid RequestId,
    [property: Id(2)] int Wanted,
    [property: Id(3)] ImmutableArray<LeaseReport> Returned,
    [property: Id(4)] int Waiting = 0,
    [property: Id(5)] ImmutableArray<int> UnleasedAgesMilliseconds = default,
    [property: Id(6)] LimitSettings? Limits = null,
    [property: Id(7)] long UnleasedFirst = 0,
    [property: Id(8)] bool UnleasedWithinShare = false);

/// <summary>What became of one lease. A report may arrive twice: tokens are counted by their place in the lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="UsedAgesMilliseconds">
/// For each token used since the last report that was acknowledged: how long ago, as the call is sent. Negative for a
/// request which may yet take that long to reach its provider.
/// </param>
/// <param name="Closed">Nothing more of it will be used: what is left goes back.</param>
/// <param name="First">How many of its tokens earlier, acknowledged reports told.</param>
/// <param name="Runs">
/// Further uses, after those told one by one, put together where there are many. Only for a limiter that says it reads them
/// (<see cref="LeaseGrant.ReadsRuns"/>): one that passed them over would give used tokens back.
/// </param>
[GenerateSerializer, Immutable, Alias("pc.lease-report")]
public sealed record LeaseReport(
    [property: Id(0)] Guid Lease,
    [property: Id(1)] ImmutableArray<int> UsedAgesMilliseconds,
    [property: Id(2)] bool Closed,
    [property: Id(3)] int First = 0,
    [property: Id(4)] ImmutableArray<UsedRun> Runs = default);
