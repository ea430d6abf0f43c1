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

    [Fact]
    public async Task Requests_ThatComeAtOnceAfterAChange_AllFindTheLimitChanged()
    {
        using var start = new Barrier(2);
        for (var i = 0; i < 5_000; i++)
        {
            var gate = new ProviderGate("p", capacity: 0, gateways: 1, _clock);
            var other = Task.Run(() => Enter(gate, start), TestContext.Current.CancellationToken);

            Assert.True(Enter(gate, start) & await other, $"One of two requests found no slot, the {i}th time.");
        }
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

    private static bool Enter(ProviderGate gate, Barrier start)
    {
        start.SignalAndWait();
        gate.Observe(2, gateways: 1);
        return gate.Slots.TryEnter();
    }
}
