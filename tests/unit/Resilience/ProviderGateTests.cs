using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

/// <summary>What a gateway may have in flight from the first request on, and while the cluster around it changes.</summary>
public sealed class ProviderGateTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Gateway_Alone_HasAllSlotsFromTheFirstRequestOn_AndAsksForAll()
    {
        var gate = new ProviderGate("p", capacity: 5, gateways: 1, _clock);

        Assert.Equal(5, gate.Slots.Limit);
        Assert.Equal((5, 5), (gate.NextRequest(Guid.NewGuid()).Wanted, gate.Slots.Limit));
    }

    // Who finds the capacity as it should be looks no further: the limit must be there by then.
    [Fact]
    public async Task Capacity_ThatGrows_IsNotSeenBeforeTheLimitIs()
    {
        const int Most = 2_000_000;
        var gate = new ProviderGate("p", capacity: 0, gateways: 1, _clock);
        var growing = Task.Run(
            () =>
            {
                for (var capacity = 1; capacity <= Most; capacity++)
                {
                    gate.Observe(capacity, gateways: 1);
                }
            },
            TestContext.Current.CancellationToken);

        for (var seen = 0; seen < Most && !growing.IsFaulted;)
        {
            seen = gate.Capacity;
            var limit = gate.Slots.Limit;
            Assert.True(limit >= seen, $"With {seen} slots there were, only {limit} could be used.");
        }

        await growing;
    }

    [Fact]
    public void Gateway_LeftAloneWithASmallLease_AsksForMoreAtOnce_AndNotOnceItHasAll()
    {
        var gate = new ProviderGate("p", capacity: 100, gateways: 2, _clock);
        gate.Take(new SlotGrant(3, SlotBook.LeaseTimeToLive), wanted: 3, _clock.GetTimestamp());

        gate.Observe(100, gateways: 1);
        Assert.True(gate.MayAskGrain);

        gate.Take(new SlotGrant(100, SlotBook.LeaseTimeToLive), wanted: 100, _clock.GetTimestamp());
        Assert.False(gate.MayAskGrain);
    }
}
