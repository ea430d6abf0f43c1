using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GrainInterfaces.RateLimiting;

/// <summary>Owns the sliding windows of one subject and leases shares of them to gateways.</summary>
/// <remarks>
/// Key: the subject, for example <c>key:4fGh2kLmN0pQ</c>. Windows, blocks and outstanding leases are stored before a
/// grant is acknowledged, so that a lost silo never lets a limit be passed.
/// </remarks>
[GrainInterfaceType("pc.rate-limiter"), Alias("pc.rate-limiter")]
public interface IRateLimiterGrain : IGrainWithStringKey
{
    /// <summary>Takes back what was used of earlier leases and gives a new one, if there is anything left.</summary>
    /// <param name="request">Who asks, for how much, and what became of its earlier leases.</param>
    /// <returns>A lease, or 0 tokens with the time to stay away.</returns>
    /// <exception cref="OrleansException">The store does not answer: nothing was granted.</exception>
    [Alias("lease")]
    ValueTask<LeaseGrant> LeaseAsync(LeaseRequest request);

    /// <summary>Lifts a block and forgets what was used, so that the subject may go on at once. Gateways notice within a second.</summary>
    /// <exception cref="OrleansException">The store does not answer: nothing was changed.</exception>
    [Alias("unblock")]
    ValueTask UnblockAsync();
}
