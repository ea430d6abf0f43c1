using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Tests.Cluster.Routing;
using ProxyCluster.Tests.Cluster.Support;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Cluster.Providers;

/// <summary>Gateways that share a provider's slots through its grain, and that die with slots in their hands.</summary>
public sealed class SlotLeaseTests : IAsyncLifetime
{
    private const int Capacity = 40;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ProviderDefinition _definition = Tables.Api("p", "m") with { MaxConcurrency = Capacity };
    private ClusterFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IProviderGrain Grain => _fixture.Provider("p");

    public async ValueTask InitializeAsync()
    {
        _fixture = await ClusterFixture.StartAsync(silos: 2);
        await Grain.SetAsync(_definition, expectedVersion: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Renew_OfAnUnknownProvider_GivesNoLease() =>
        Assert.Equal(default, await _fixture.Provider("nobody").RenewSlotsAsync(new(Guid.NewGuid(), 1, 0, 5, 1)));

    [Fact]
    public async Task Gateways_ThatDie_LeaveTheirSlotsToTheOthersWhenTheirLeasesEnd()
    {
        await WarmUpAsync();
        SlotLeases[] dying = [Gateway(3), Gateway(3)];
        var staying = Gateway(3);
        foreach (var gateway in dying)
        {
            await UseAllAsync(gateway);
        }

        Assert.Equal(Capacity, dying.Sum(InUse));
        Assert.False(await AskAsync(staying));

        // They are never heard of again. The last moment of their leases still is theirs.
        _fixture.Clock.Advance(SlotBook.LeaseTimeToLive - TimeSpan.FromSeconds(1));
        Assert.False(await AskAsync(staying));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await AskAsync(staying));
        await UseAllAsync(staying);
        Assert.Equal(Capacity, InUse(staying));
    }

    [Fact]
    public async Task Gateway_ThatHoldsEverything_GivesTheNewcomerItsPartAsRequestsEnd()
    {
        await WarmUpAsync();
        var first = Gateway(2);
        var second = Gateway(2);
        await UseAllAsync(first);
        Assert.False(await AskAsync(second));
        for (var i = 0; i < 10; i++)
        {
            first.Exit(first.Of(_definition));
        }

        await RenewAsync(first);
        await RenewAsync(first);

        Assert.True(await AskAsync(second));
        Assert.InRange(InUse(first) + InUse(second), 0, Capacity);
    }

    [Fact]
    public async Task Gateways_UnderLoad_WhileOneAfterAnotherDies_NeverUseMoreThanThereIs()
    {
        await WarmUpAsync();
        var random = new Random(23);
        var alive = new List<(SlotLeases Gateway, int Renewed)>(Enumerable.Range(0, 3).Select(_ => (Gateway(3), 0)));
        var dead = new List<(SlotLeases Gateway, int Died)>();
        var most = 0;
        for (var step = 0; step < 400; step++)
        {
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(250));
            foreach (var (gateway, _) in alive)
            {
                Act(gateway, random);
                if (step % 4 == 0)
                {
                    await RenewAsync(gateway);
                }
            }

            if (step % 60 == 59)
            {
                dead.Add((alive[0].Gateway, step));
                alive.RemoveAt(0);
                alive.Add((Gateway(3), step));
            }

            // What a dead process had under way is cut with it, at the latest when its lease ends.
            dead.RemoveAll(one => (step - one.Died) * 250 >= SlotBook.LeaseTimeToLive.TotalMilliseconds);
            most = Math.Max(most, alive.Sum(one => InUse(one.Gateway)) + dead.Sum(one => InUse(one.Gateway)));
        }

        Assert.InRange(most, Capacity / 2, Capacity);
    }

    [Fact]
    public async Task Grain_ThatLostItsMemory_GivesNoMoreThanEqualParts_AndTellsWhoHoldsMoreToComeDown()
    {
        await WarmUpAsync();
        var (holder, newcomer) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(Capacity, (await Grain.RenewSlotsAsync(new(holder, 1, 0, Capacity, 2))).Slots);
        foreach (var silo in _fixture.Cluster.Silos.ToList())
        {
            await _fixture.Cluster.StartAdditionalSiloAsync();
            await _fixture.Cluster.KillSiloAsync(silo);
        }

        // The old client learns of new gateways by a real timer only.
        await _fixture.Cluster.KillClientAsync();
        await _fixture.Cluster.InitializeClientAsync();

        Assert.Equal(Capacity / 2, (await Grain.RenewSlotsAsync(new(newcomer, 1, 0, Capacity, 2))).Slots);
        Assert.Equal(Capacity / 2, (await Grain.RenewSlotsAsync(new(holder, 2, Capacity, Capacity, 2))).Slots);
        Assert.Equal(Capacity / 2, (await Grain.RenewSlotsAsync(new(holder, 3, Capacity / 2, Capacity, 2))).Slots);
    }

    [Fact]
    public async Task Gateways_WhoseGrainWaitsForItsStore_ShareWhatNobodyHad_AndNoMoreThanThereIs()
    {
        await WarmUpAsync();
        var patience = new LongPatience(_fixture.Clock);
        SlotLeases[] gateways = [Gateway(2, patience), Gateway(2, patience)];
        for (var i = 0; i < 2; i++)
        {
            foreach (var gateway in gateways)
            {
                await AskAsync(gateway);
            }
        }

        Assert.InRange(gateways.Sum(Limit), 2, Capacity / 2);
        var store = new TaskCompletionSource();
        _fixture.Storage.Held = store.Task;
        patience.HasEnded = true;
        var storing = Grain.SetAsync(_definition with { Weight = 2 }, expectedVersion: 1).AsTask();
        try
        {
            await Wait.UntilAsync(
                async () =>
                {
                    await Task.WhenAll(gateways.Select(RenewAsync));
                    return gateways.Sum(Limit) >= Capacity - 1;
                },
                "the gateways share all slots",
                TimeSpan.FromSeconds(20));
            await Task.WhenAll(gateways.Select(RenewAsync));

            Assert.InRange(gateways.Sum(Limit), Capacity - 1, Capacity);
        }
        finally
        {
            _fixture.Storage.Held = Task.CompletedTask;
            store.SetResult();
        }

        await storing;
    }

    // For one lease's life a new grain gives nobody more than an equal part.
    private async Task WarmUpAsync()
    {
        await Grain.RenewSlotsAsync(new(Guid.NewGuid(), 1, 0, 0, 1));
        _fixture.Clock.Advance(SlotBook.LeaseTimeToLive);
    }

    // Calls are waited for as long as they take, until a test ends that: this machine may be slow.
    private SlotLeases Gateway(int gateways, LongPatience? patience = null) => new(
        _fixture.Grains,
        new FixedSnapshot(gateways),
        new GatewayIdentity(),
        new DefaultOptions(),
        new ResilienceMetrics(_services.GetRequiredService<IMeterFactory>()),
        patience ?? new LongPatience(_fixture.Clock),
        NullLogger<SlotLeases>.Instance);

    private int Limit(SlotLeases gateway) => gateway.Of(_definition).Slots.Limit;

    private int InUse(SlotLeases gateway) => gateway.Of(_definition).Slots.InUse;

    private async Task<bool> AskAsync(SlotLeases gateway)
    {
        var gate = gateway.Of(_definition);
        await gateway.RenewAllAsync(onlyWaited: false);
        return gate.Slots.TryEnter();
    }

    private static async Task RenewAsync(SlotLeases gateway) => await gateway.RenewAllAsync(onlyWaited: false).WaitAsync(TimeSpan.FromSeconds(30), Cancel);

    private async Task UseAllAsync(SlotLeases gateway)
    {
        var gate = gateway.Of(_definition);
        for (var i = 0; i < 12; i++)
        {
            while (gate.Slots.TryEnter())
            {
            }

            await RenewAsync(gateway);
        }

        while (gate.Slots.TryEnter())
        {
        }
    }

    private void Act(SlotLeases gateway, Random random)
    {
        var gate = gateway.Of(_definition);
        for (var i = random.Next(6); i > 0; i--)
        {
            gate.Slots.TryEnter();
        }

        for (var i = random.Next(5); i > 0 && gate.Slots.InUse > 0; i--)
        {
            gateway.Exit(gate);
        }
    }

    private sealed class FixedSnapshot(int gateways) : IRoutingSnapshotSource
    {
        public RoutingSnapshot Current { get; } = RoutingSnapshot.Empty with { ActiveGateways = gateways, IsStale = false };
    }

    private sealed class DefaultOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }

    /// <summary>The grains' time, but calls are waited for as long as they take, until that has ended.</summary>
    private sealed class LongPatience(TimeProvider clock) : TimeProvider
    {
        public bool HasEnded { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, HasEnded ? dueTime : TimeSpan.FromSeconds(30), period);
    }
}
