using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Routing;

/// <summary>Two silos, each with gateways of its own: what they ask, and what of it reaches the routing table.</summary>
public sealed class RoutingRelayGrainTests : IAsyncLifetime
{
    private const int GatewaysOfASilo = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private ClusterFixture _fixture = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await ClusterFixture.StartAsync(silos: 2);
        await _fixture.Table().PublishFileAsync(Tables.FileOf("a:1", 1, Tables.File("p", "m")));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Gateways_OfTwoSilos_ReachTheTableThroughOneRelayEach()
    {
        var gateways = Gateways();
        foreach (var gateway in gateways)
        {
            Assert.Equal(["p"], Names(await gateway.PollAsync(TimeSpan.Zero)));
        }

        // Six gateways asked for the newest, each for itself; from here they wait, and only their relays do so at the table.
        var waiting = gateways.Select(g => g.PollAsync(RoutingTable.LongestWait)).ToArray();
        await UntilAsync(() => WaitingPolls() == 2, "both relays wait at the table");
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        var updates = await Task.WhenAll(waiting).WaitAsync(Patience, TimeProvider.System);

        Assert.All(updates, update => Assert.Equal(["made", "p"], Names(update)));
        Assert.Single(updates.Select(update => update.Definitions!.Version).Distinct());
        await UntilAsync(() => WaitingPolls() == 4, "both relays wait again");
        Assert.Equal(["pc.routing-relay"], _fixture.TableCalls.Polls.Select(poll => poll.Source).Distinct());
        Assert.Equal(gateways.Length + 4, _fixture.TableCalls.Polls.Count);
    }

    [Fact]
    public async Task Table_HearsWhoHasWhichVersion_FromTheRelays()
    {
        var gateways = Gateways();
        foreach (var gateway in gateways)
        {
            await gateway.PollAsync(TimeSpan.Zero);
        }

        var last = await gateways[^1].PollAsync(TimeSpan.Zero);
        await gateways[0].PollAsync(TimeSpan.Zero);

        var status = await _fixture.Table().StatusAsync();
        Assert.Equal(gateways.Select(g => g.Name), status.Gateways.Select(g => g.Name));
        Assert.Equal(gateways.Length, last.ActiveGateways);
        Assert.Equal(status.Definitions, status.Gateways[0].Definitions);
    }

    [Fact]
    public async Task Poll_OfAGatewayThatKnowsMoreThanTheRelay_NeverTakesItBack()
    {
        var (ahead, behind) = (new PollingGateway("ahead", Factory(0)), new PollingGateway("behind", Factory(1)));
        await behind.PollAsync(TimeSpan.Zero);
        var waiting = behind.PollAsync(RoutingTable.LongestWait);
        await UntilAsync(() => WaitingPolls() == 1, "the relay waits at the table");
        var late = _fixture.TableCalls.HoldBack();
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        await ahead.PollAsync(TimeSpan.Zero);
        Assert.False(waiting.IsCompleted);

        ahead.MoveTo(Factory(1));
        var polling = ahead.PollAsync(RoutingTable.LongestWait);

        // The relay has asked the table, and so its other gateways hear of the change too.
        Assert.Equal(["made", "p"], Names(await waiting.WaitAsync(Patience, TimeProvider.System)));
        late.SetResult();
        Assert.Null((await EndAsync(polling)).Definitions);
    }

    [Fact]
    public async Task Poll_WhileTheTableIsSilent_IsAnsweredWithTheAgeOfWhatIsKnown()
    {
        var gateway = new PollingGateway("g", Factory(0));
        var known = await gateway.PollAsync(TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, known.Age);

        _fixture.TableCalls.IsSilent = true;
        var update = known;
        for (var i = 0; i < 5; i++)
        {
            update = await EndAsync(gateway.PollAsync(RoutingTable.LongestWait));
        }

        Assert.Null(update.Definitions);
        Assert.InRange(update.Age, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => new PollingGateway("new", Factory(0)).PollAsync(TimeSpan.Zero));

        _fixture.TableCalls.IsSilent = false;
        await UntilAsync(
            async () => (await EndAsync(gateway.PollAsync(RoutingTable.LongestWait))).Age <= RoutingTable.LongestWait, "the table is heard again");
    }

    [Fact]
    public async Task Relay_WithoutGateways_AsksNoMore_AndAsksAnewForTheNext()
    {
        var gateway = new PollingGateway("g", Factory(0));
        await gateway.PollAsync(TimeSpan.Zero);
        await UntilAsync(() => WaitingPolls() == 1, "the relay waits at the table");
        for (var i = 0; i < 400; i++)
        {
            _fixture.Clock.Advance(Step);
            await _fixture.Table().StatusAsync();
        }

        var before = _fixture.TableCalls.Polls.Count;
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        Assert.Equal(before, _fixture.TableCalls.Polls.Count);

        Assert.Equal(["made", "p"], Names(await gateway.PollAsync(RoutingTable.LongestWait)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silo_ThatDies_LeavesItsGatewaysWithTheirVersionAtTheOthersRelay(bool hostsTheTable)
    {
        var gateways = Gateways();
        foreach (var gateway in gateways)
        {
            await gateway.PollAsync(TimeSpan.Zero);
        }

        var known = gateways[0].Definitions;
        var tablesSilo = SiloOfTheTable();
        var dying = hostsTheTable ? tablesSilo : _fixture.Cluster.Silos.Single(silo => silo != tablesSilo);
        var left = _fixture.Cluster.Silos.Single(silo => silo != dying);
        await _fixture.Cluster.KillSiloAsync(dying);
        var grains = left.ServiceProvider.GetRequiredService<IGrainFactory>();
        foreach (var gateway in gateways)
        {
            gateway.MoveTo(grains);
        }

        // The same version as before, from a table that may have had to be read again: nothing is sent, and nothing is old.
        RoutingUpdate? first = null;
        await UntilAsync(async () => (first = await TryLookAsync(gateways[0])) is not null, "the table answers");
        Assert.Null(first!.Definitions);
        Assert.InRange(first.Age, TimeSpan.Zero, RoutingTable.LongestWait);
        Assert.Equal(known, (await grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key).StatusAsync()).Definitions);

        // A relay that was waiting at the table that died rests before it asks again.
        var before = WaitingPolls();
        await UntilAsync(
            () =>
            {
                _fixture.Clock.Advance(Step);
                return WaitingPolls() > before;
            },
            "the relay left waits at the table again");
        var waiting = gateways.Select(g => g.PollForDefinitionsAsync()).ToArray();
        await grains.GetGrain<IProviderGrain>("made").SetAsync(Tables.Api("made", "x"), 0);
        var updates = await Task.WhenAll(waiting).WaitAsync(Patience, TimeProvider.System);
        Assert.All(updates, update => Assert.Equal(["made", "p"], Names(update)));
    }

    private PollingGateway[] Gateways() =>
    [
        .. Enumerable.Range(0, 2).SelectMany(silo => Enumerable.Range(0, GatewaysOfASilo).Select(i => new PollingGateway($"g{silo}{i}", Factory(silo)))),
    ];

    // A gateway inside the silo's process; one outside reaches the relay of the silo that its connection ends at.
    private IGrainFactory Factory(int silo) => _fixture.Cluster.Silos[silo].ServiceProvider.GetRequiredService<IGrainFactory>();

    private InProcessSiloHandle SiloOfTheTable()
    {
        Assert.True(_fixture.Cluster.TryGetGrainContext(_fixture.Table().GrainIdOf(), out var context));
        return _fixture.Cluster.Silos.Single(silo => silo.SiloAddress.Equals(context.Address.SiloAddress));
    }

    private int WaitingPolls() => _fixture.TableCalls.Polls.Count(poll => poll.Wait > TimeSpan.Zero);

    private static IEnumerable<string> Names(RoutingUpdate update) => update.Definitions!.Providers.Select(p => p.Name);

    // Time passes until the poll is over.
    private async Task<RoutingUpdate> EndAsync(Task<RoutingUpdate> poll)
    {
        await UntilAsync(
            () =>
            {
                _fixture.Clock.Advance(Step);
                return poll.IsCompleted;
            },
            "a poll ends");
        return await poll;
    }

    private static async Task<RoutingUpdate?> TryLookAsync(PollingGateway gateway)
    {
        try
        {
            return await gateway.PollAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    private static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"It did not come about within {Patience.TotalSeconds} s that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>What a gateway's feed does, one poll at a time.</summary>
    private sealed class PollingGateway(string name, IGrainFactory silo)
    {
        private readonly Guid _id = Guid.NewGuid();
        private IGrainFactory _silo = silo;
        private SnapshotVersion _scores;

        public string Name => name;

        public SnapshotVersion Definitions { get; private set; }

        public void MoveTo(IGrainFactory other) => _silo = other;

        public async Task<RoutingUpdate> PollAsync(TimeSpan wait)
        {
            var poll = new RoutingPoll(_id, name, Definitions, _scores, wait);
            var update = await _silo.GetGrain<IRoutingRelayGrain>(RoutingRelay.Key).PollAsync(poll);
            Definitions = update.Definitions?.Version ?? Definitions;
            _scores = update.Scores?.Version ?? _scores;
            return update;
        }

        /// <summary>Polls until there are new definitions: scores come in between.</summary>
        public async Task<RoutingUpdate> PollForDefinitionsAsync()
        {
            while (true)
            {
                if (await PollAsync(RoutingTable.LongestWait) is { Definitions: not null } update)
                {
                    return update;
                }
            }
        }
    }
}
