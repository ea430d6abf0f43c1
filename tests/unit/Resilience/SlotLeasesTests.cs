using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.Tests.Unit.Hooks;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class SlotLeasesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateway_Alone_HasAllSlotsWithoutACall()
    {
        using var grains = new SlotGrains(capacity: 5);
        var gateway = grains.Gateway(gateways: 1);

        Assert.Equal(5, Enter(gateway, grains, 8));
        Assert.False(gateway.Of(grains.Provider).MayAskGrain);
        Assert.Equal(0, grains.Calls);

        await gateway.RenewAllAsync(onlyWaited: false);
        Assert.Equal(5, gateway.Of(grains.Provider).Slots.Limit);
    }

    [Fact]
    public async Task Request_WhoseGatewayHasNoShare_AsksTheGrainOnce_AndTheNextOnesDoNot()
    {
        using var grains = new SlotGrains(capacity: 100);
        var gateway = grains.Gateway(gateways: 2);
        var gate = gateway.Of(grains.Provider);
        Assert.False(gate.Slots.TryEnter());
        Assert.True(gate.MayAskGrain);

        Assert.True(await gateway.AskAsync(gate, TimeSpan.MaxValue, Cancel));

        Assert.Equal(1, grains.Calls);
        Assert.True(gate.Slots.TryEnter());
        Assert.Equal(1, grains.Calls);
    }

    [Fact]
    public async Task Burst_BeyondTheShare_GetsWhatTheClusterHasFree_AtOnce()
    {
        using var grains = new SlotGrains(capacity: 300);
        var gateway = grains.Gateway(gateways: 2);
        var gate = gateway.Of(grains.Provider);

        var entered = new List<Task<bool>>();
        for (var i = 0; i < 300; i++)
        {
            entered.Add(gate.Slots.TryEnter() ? Task.FromResult(true) : gateway.AskAsync(gate, TimeSpan.MaxValue, Cancel).AsTask());
        }

        Assert.All(await Task.WhenAll(entered), Assert.True);
        Assert.InRange(grains.Calls, 1, 60);
    }

    [Fact]
    public async Task Request_WhereTheGrainHadNoMoreToGive_AsksNobody()
    {
        using var grains = new SlotGrains(capacity: 100);
        var (first, second) = (grains.Gateway(2), grains.Gateway(2));
        for (var i = 0; i < 100; i++)
        {
            Assert.True(first.Of(grains.Provider).Slots.TryEnter() || await AskAsync(grains, first));
        }

        Assert.False(await AskAsync(grains, second));
        Assert.False(second.Of(grains.Provider).MayAskGrain);
    }

    [Fact]
    public async Task Request_WithLessTimeThanTheGrainHas_WaitsNoLonger()
    {
        using var grains = new SlotGrains(capacity: 100);
        var (first, second) = (grains.Gateway(2), grains.Gateway(2));
        for (var i = 0; i < 100; i++)
        {
            Assert.True(first.Of(grains.Provider).Slots.TryEnter() || await AskAsync(grains, first));
        }

        var gate = second.Of(grains.Provider);
        var asking = second.AskAsync(gate, TimeSpan.FromMilliseconds(20), Cancel).AsTask();
        grains.Clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.False(await asking);
        Assert.Equal(0, gate.Slots.Waiting);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-4)]
    [InlineData(-100)]
    public async Task Request_WhoseTimeIsOver_WaitsForNobody_AndLeavesNothingBehind(int leftMilliseconds)
    {
        using var grains = new SlotGrains(capacity: 1);
        var gateway = grains.Gateway(gateways: 1);
        var gate = gateway.Of(grains.Provider);
        Assert.True(gate.Slots.TryEnter());

        Assert.False(await gateway.QueueAsync(gate, TimeSpan.FromMilliseconds(leftMilliseconds), Cancel));

        Assert.Equal(0, gate.Slots.Waiting);
        gateway.Exit(gate);
        Assert.True(gate.Slots.TryEnter(), "The slot went to a request that nobody serves.");
    }

    // Of 300 slots 150 are this gateway's equal part; beside as many, 64 may wait for others to leave.
    [Fact]
    public async Task Burst_BeforeTheFirstAnswer_WaitsForIt_AndIsNotTakenForAQueue()
    {
        using var grains = new SlotGrains(capacity: 300);
        var answer = new TaskCompletionSource();
        grains.Slow = answer.Task;
        var gateway = grains.Gateway(gateways: 2);
        var gate = gateway.Of(grains.Provider);

        var waiting = Enumerable.Range(0, 150 + 64).Select(_ => gateway.QueueAsync(gate, TimeSpan.MaxValue, Cancel).AsTask()).ToArray();
        Assert.False(await gateway.QueueAsync(gate, TimeSpan.MaxValue, Cancel));
        answer.SetResult();

        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }

    // A new book gives no more than the equal part of 64: the rest waits for slots that come back, however full the queue would be else.
    [Fact]
    public async Task Burst_AtOneGateway_WhileTheBookIsNew_IsServedAsItsOwnRequestsEnd()
    {
        using var grains = new SlotGrains(capacity: 256, isNew: true);
        var gateway = grains.Gateway(gateways: 4);
        var gate = gateway.Of(grains.Provider);
        Assert.True(await AskAsync(grains, gateway));
        await gateway.RenewAllAsync(onlyWaited: false);

        var waiting = Enumerable.Range(0, 200).Select(_ => gateway.QueueAsync(gate, TimeSpan.MaxValue, Cancel).AsTask()).ToArray();
        await gateway.RenewAllAsync(onlyWaited: true);
        Assert.Equal(64, gate.Slots.Limit);
        for (var ended = 0; ended < 1 + waiting.Length; ended++)
        {
            gateway.Exit(gate);
        }

        Assert.All(await Task.WhenAll(waiting), Assert.True);
    }

    [Fact]
    public async Task Gateway_ThatWasAlone_GivesBackWhatItDoesNotUse_AsSoonAsAnotherComes()
    {
        using var grains = new SlotGrains(capacity: 100);
        var gateways = 1;
        var (alone, other) = (grains.Gateway(() => gateways), grains.Gateway(2));
        Assert.Equal(3, Enter(alone, grains, 3));
        await alone.RenewAllAsync(onlyWaited: false);
        Assert.False(await AskAsync(grains, other));

        gateways = 2;
        await alone.RenewAllAsync(onlyWaited: true);

        Assert.InRange(alone.Of(grains.Provider).Slots.Limit, 3, 50);
        Assert.True(await AskAsync(grains, other));
    }

    [Fact]
    public async Task Grain_ThatIsSilent_LeavesEachGatewayItsEqualPart()
    {
        using var grains = new SlotGrains(capacity: 100) { IsSilent = true };
        var gateway = grains.Gateway(gateways: 4);
        var gate = gateway.Of(grains.Provider);

        Assert.True(await gateway.AskAsync(gate, TimeSpan.MaxValue, Cancel));
        Assert.Equal(24, Enter(gateway, grains, 100));
        Assert.False(gate.MayAskGrain);
    }

    [Fact]
    public async Task Lease_WhileTheGrainIsSilent_IsUsedToItsEnd_ThenTheEqualPart()
    {
        using var grains = new SlotGrains(capacity: 100);
        var gateway = grains.Gateway(gateways: 2);
        var gate = gateway.Of(grains.Provider);
        Assert.True(await gateway.AskAsync(gate, TimeSpan.MaxValue, Cancel));
        Enter(gateway, grains, 100);
        await gateway.RenewAllAsync(onlyWaited: false);
        Enter(gateway, grains, 100);
        var leased = gate.Slots.Limit;
        Assert.NotEqual(50, leased);

        grains.IsSilent = true;
        await gateway.RenewAllAsync(onlyWaited: false);
        Assert.Equal(leased, gate.Slots.Limit);
        grains.Clock.Advance(SlotBook.LeaseTimeToLive);
        await gateway.RenewAllAsync(onlyWaited: false);

        Assert.Equal(50, gate.Slots.Limit);
    }

    [Fact]
    public async Task Slots_TooFewForShares_GoFromGatewayToGatewayOneByOne()
    {
        using var grains = new SlotGrains(capacity: 2);
        SlotLeases[] gateways = [grains.Gateway(3), grains.Gateway(3), grains.Gateway(3)];

        bool[] expected = [true, true, false];
        Assert.Equal(expected, await AskEachAsync(grains, gateways));

        // The first one's request ends: its slot is another gateway's at once.
        gateways[0].Exit(gateways[0].Of(grains.Provider));
        Assert.True(await AskAsync(grains, gateways[2]));
    }

    [Fact]
    public async Task Slots_OfAGatewayThatLeaves_AreTheOthers()
    {
        using var grains = new SlotGrains(capacity: 100);
        var leaving = grains.Gateway(2);
        var staying = grains.Gateway(2);
        Assert.True(await AskAsync(grains, leaving));
        for (var i = 0; i < 4; i++)
        {
            Enter(leaving, grains, 100);
            await leaving.RenewAllAsync(onlyWaited: false);
        }

        Assert.Equal(100, leaving.Of(grains.Provider).Slots.Limit);
        for (var i = 0; i < 100 && leaving.Of(grains.Provider).Slots.InUse > 0; i++)
        {
            leaving.Exit(leaving.Of(grains.Provider));
        }

        await leaving.ReturnAllAsync();

        Assert.True(await AskAsync(grains, staying));
    }

    [Fact]
    public async Task Gateways_ThatComeAndGo_NeverUseMoreThanThereAre()
    {
        using var grains = new SlotGrains(capacity: 40);
        SlotLeases[] gateways = [grains.Gateway(3), grains.Gateway(3), grains.Gateway(3)];
        var random = new Random(5);
        var most = 0;
        for (var step = 0; step < 3_000; step++)
        {
            var gateway = gateways[random.Next(3)];
            var gate = gateway.Of(grains.Provider);
            if (random.Next(2) == 0)
            {
                _ = gate.Slots.TryEnter() || (gate.MayAskGrain && await AskAsync(grains, gateway));
            }
            else if (gate.Slots.InUse > 0 && random.Next(3) > 0)
            {
                gateway.Exit(gate);
            }

            if (step % 20 == 0)
            {
                grains.Clock.Advance(TimeSpan.FromSeconds(1));
                foreach (var each in gateways)
                {
                    await each.RenewAllAsync(onlyWaited: false);
                }
            }

            most = Math.Max(most, gateways.Sum(each => each.Of(grains.Provider).Slots.InUse));
        }

        Assert.InRange(most, 30, 40);
    }

    [Fact]
    public void Attempt_WhereNothingFails_EntersAndLeavesWithoutAllocating()
    {
        using var grains = new SlotGrains(capacity: 5);
        var entrance = grains.Entrance(grains.Gateway(gateways: 1));
        var exchange = HookCase.Chat().Exchange;
        var answered = new AttemptResult(AttemptOutcome.Succeeded, null, false, TimeSpan.FromSeconds(1));
        Pass(entrance, exchange, grains, answered);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            Pass(entrance, exchange, grains, answered);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Pass(ProviderEntrance entrance, Exchange exchange, SlotGrains grains, in AttemptResult answered)
    {
        var entering = entrance.EnterAsync(exchange, grains.Provider, isRetry: false);
        Assert.True(entering.IsCompletedSuccessfully && entering.Result == Entry.Entered);
        entrance.Leave(grains.Provider, isRetry: false, answered);
    }

    private static int Enter(SlotLeases gateway, SlotGrains grains, int times) =>
        Enumerable.Range(0, times).Count(_ => gateway.Of(grains.Provider).Slots.TryEnter());

    private static async Task<bool[]> AskEachAsync(SlotGrains grains, SlotLeases[] gateways)
    {
        var entered = new bool[gateways.Length];
        for (var i = 0; i < gateways.Length; i++)
        {
            entered[i] = await AskAsync(grains, gateways[i]);
        }

        return entered;
    }

    // The clock is the test's: a wait that nobody ends is ended by it.
    private static async Task<bool> AskAsync(SlotGrains grains, SlotLeases gateway)
    {
        var asking = gateway.AskAsync(gateway.Of(grains.Provider), TimeSpan.MaxValue, Cancel).AsTask();
        grains.Clock.Advance(TimeSpan.FromMilliseconds(250));
        return await asking;
    }
}
