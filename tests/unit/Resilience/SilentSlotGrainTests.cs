using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

/// <summary>What gateways with leases let in when the grain that gave them is not heard any more.</summary>
public sealed class SilentSlotGrainTests
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(40, true, 23)]
    [InlineData(40, false, 3)]
    [InlineData(0, true, 3)]
    public void Lease_WhoseGrainIsSilent_GoesOnWithAPartOfTheSpare_WhereThatIsAllowed(int spare, bool sharesSpare, int limit)
    {
        var gate = Leased(slots: 3, spare);
        gate.MissAnswer(sharesSpare);
        Assert.Equal(3, gate.Slots.Limit);

        gate.MissAnswer(sharesSpare);
        Assert.Equal(limit, gate.Slots.Limit);

        gate.MissAnswer(sharesSpare);
        Assert.Equal(limit, gate.Slots.Limit);
    }

    [Fact]
    public void Slots_GivenUpToAGrainThatIsNotHeard_AreSpareAgain()
    {
        var gate = Leased(slots: 50, spare: 10);
        var wanted = gate.NextRequest(Guid.NewGuid()).Wanted;
        Assert.Equal((2, 2), (wanted, gate.Slots.Limit));

        gate.MissAnswer(sharesSpare: true);
        gate.MissAnswer(sharesSpare: true);

        Assert.Equal(2 + ((48 + 10) / 2), gate.Slots.Limit);
    }

    [Fact]
    public void Request_ToAGrainThatIsSilent_TellsAllThatMayBeInUse_AndGivesNothingUp()
    {
        var gate = Leased(slots: 3, spare: 40);
        gate.MissAnswer(sharesSpare: true);
        gate.MissAnswer(sharesSpare: true);

        var request = gate.NextRequest(Guid.NewGuid());

        Assert.Equal((23, 23), (request.Held, gate.Slots.Limit));
        gate.Take(new SlotGrant(5, SlotBook.LeaseTimeToLive), request.Wanted, _clock.GetTimestamp());
        Assert.Equal(5, gate.Slots.Limit);
    }

    [Fact]
    public void Queue_ForSlotsOfANewBook_IsShortAgain_OnceTheGrainIsSilent()
    {
        var gate = new ProviderGate("p", capacity: 100, gateways: 2, _clock);
        gate.Take(new SlotGrant(50, SlotBook.LeaseTimeToLive) { MayGrow = true }, wanted: 100, _clock.GetTimestamp());
        Assert.Equal(104, gate.MostWaiting(forOthers: 4));

        gate.MissAnswer(sharesSpare: true);
        Assert.Equal(104, gate.MostWaiting(forOthers: 4));

        gate.MissAnswer(sharesSpare: true);
        Assert.Equal(54, gate.MostWaiting(forOthers: 4));
    }

    [Fact]
    public async Task Gateways_WithSmallLeases_ShareAllThereIs()
    {
        using var grains = new SlotGrains(capacity: 100);
        SlotLeases[] gateways = [grains.Gateway(4), grains.Gateway(4), grains.Gateway(4), grains.Gateway(4)];
        for (var i = 0; i < 2; i++)
        {
            foreach (var gateway in gateways)
            {
                gateway.Of(grains.Provider).Slots.TryEnter();
                await RenewAsync(gateway, times: 1);
            }
        }

        Assert.InRange(Limits(grains, gateways).Sum(), 4, 16);
        grains.IsSilent = true;
        foreach (var gateway in gateways)
        {
            await RenewAsync(gateway, times: 3);
        }

        Assert.InRange(Limits(grains, gateways).Sum(), 97, 100);
        Assert.All(Limits(grains, gateways), limit => Assert.InRange(limit, 24, 26));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Gateways_InAnyLoad_PassTheLimitByNoMoreThanWasLeasedInTheLastSecond(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 50; run++)
        {
            using var grains = new SlotGrains(capacity: 60);
            SlotLeases[] gateways = [grains.Gateway(3), grains.Gateway(3), grains.Gateway(3)];
            var before = Limits(grains, gateways);
            for (var second = random.Next(3, 20); second > 0; second--)
            {
                before = Limits(grains, gateways);
                grains.Clock.Advance(Renewal);
                foreach (var gateway in gateways)
                {
                    Act(gateway.Of(grains.Provider).Slots, random);
                    await RenewAsync(gateway, times: 1);
                }
            }

            var leasedLately = Limits(grains, gateways).Zip(before, static (now, then) => Math.Max(0, now - then)).Sum();
            grains.IsSilent = true;
            foreach (var gateway in gateways)
            {
                await RenewAsync(gateway, times: 2);
            }

            Assert.InRange(Limits(grains, gateways).Sum(), 0, 60 + leasedLately);
        }
    }

    private ProviderGate Leased(int slots, int spare)
    {
        var gate = new ProviderGate("p", capacity: 100, gateways: 2, _clock);
        gate.Take(new SlotGrant(slots, SlotBook.LeaseTimeToLive) { Spare = spare }, slots, _clock.GetTimestamp());
        return gate;
    }

    private static void Act(ProviderSlots slots, Random random)
    {
        for (var i = random.Next(30); i > 0; i--)
        {
            slots.TryEnter();
        }

        for (var i = random.Next(30); i > 0 && slots.InUse > 0; i--)
        {
            slots.Exit();
        }
    }

    private static int[] Limits(SlotGrains grains, SlotLeases[] gateways) => [.. gateways.Select(gateway => gateway.Of(grains.Provider).Slots.Limit)];

    private static async Task RenewAsync(SlotLeases gateway, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await gateway.RenewAllAsync(onlyWaited: false);
        }
    }
}
