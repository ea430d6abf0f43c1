using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Bench.Micro.Cluster;

/// <summary>Grants a lease of so many requests whenever it is asked, so that what is measured is the taking.</summary>
internal sealed class GenerousLimiter(int tokens) : IRateLimiterGrain
{
    public ValueTask<LeaseGrant> LeaseAsync(LeaseRequest request) => new(new LeaseGrant(
        Guid.NewGuid(),
        tokens,
        TimeSpan.FromHours(1),
        TimeSpan.Zero,
        false,
        LimitWindow.Minute,
        [new(LimitWindow.Minute, int.MaxValue, tokens, TimeSpan.Zero), new(LimitWindow.Hour, int.MaxValue, tokens, TimeSpan.Zero)]));

    public ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request, int capacity) => new(new SlotGrant(capacity, TimeSpan.FromHours(1)));

    public ValueTask<LimiterStatus> StatusAsync() => throw new NotSupportedException();

    public ValueTask UnblockAsync() => default;
}
