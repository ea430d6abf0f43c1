using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.GrainInterfaces.RateLimiting;

/// <summary>Owns the sliding windows of one subject and leases shares of them, and of its requests in flight, to gateways.</summary>
/// <remarks>
/// Key: the subject, for example <c>key:4fGh2kLmN0pQ</c>, <c>team:research</c> or <c>model:gpt-4o*</c>. Windows, blocks and
/// outstanding leases are stored before a grant is acknowledged, so that a lost silo never lets a limit be passed. Who has which
/// part of the requests in flight is kept in memory: after a lost silo gateways tell it anew, and for 10 s none gets more than an
/// equal part.
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

    /// <summary>Renews a gateway's part of the requests in flight.</summary>
    /// <param name="request">Who asks, what it holds and wants.</param>
    /// <param name="capacity">The limit that the gateway knows to be in force, over the cluster; at least 1.</param>
    /// <exception cref="OrleansException">The store does not answer: nothing was granted.</exception>
    [Alias("renew-slots")]
    ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request, int capacity);

    /// <summary>Tells how the subject stands.</summary>
    /// <exception cref="OrleansException">The store does not answer.</exception>
    [Alias("status")]
    ValueTask<LimiterStatus> StatusAsync();

    /// <summary>Lifts a block and forgets what was used, so that the subject may go on at once. Gateways notice within a second.</summary>
    /// <exception cref="OrleansException">The store does not answer: nothing was changed.</exception>
    [Alias("unblock")]
    ValueTask UnblockAsync();
}
