using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Routing;

public sealed class RoutingTableGrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ClusterFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await ClusterFixture.StartAsync(silos: 1);

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task PublishFile_First_IsInForce()
    {
        var answer = await Publish("a:1", 1, Tables.File("p", "m"), Tables.File("q", "n"));

        Assert.Equal((FilePublicationResult.InForce, 1), (answer.Result, answer.GenerationInForce));
        Assert.Equal(["p:m@1", "q:n@1"], await _fixture.Published());
    }

    [Fact]
    public async Task PublishFile_SameAgain_MakesNoNewSnapshot()
    {
        await Publish("a:1", 1, Tables.File("p", "m"));
        var before = (await _fixture.Look()).Definitions!.Version;

        Assert.Equal(FilePublicationResult.InForce, (await Publish("b:1", 1, Tables.File("p", "m"))).Result);
        Assert.Equal(before, (await _fixture.Look()).Definitions!.Version);
    }

    [Fact]
    public async Task PublishFile_HigherGeneration_ReplacesAndRemovesButSparesTheApis()
    {
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        await Publish("a:1", 1, Tables.File("p", "m"), Tables.File("q", "n"));

        Assert.Equal(FilePublicationResult.InForce, (await Publish("b:1", 2, Tables.File("p", "m2"))).Result);

        Assert.Equal(["made:x@1", "p:m2@2"], await _fixture.Published());
        Assert.Null(await _fixture.Provider("q").DescribeAsync());
    }

    [Fact]
    public async Task PublishFile_LowerGeneration_IsSuperseded()
    {
        await Publish("a:1", 5, Tables.File("p", "m"));

        var answer = await Publish("b:1", 4, Tables.File("p", "old"));

        Assert.Equal((FilePublicationResult.Superseded, 5), (answer.Result, answer.GenerationInForce));
        Assert.Equal(["p:m@1"], await _fixture.Published());
    }

    [Fact]
    public async Task PublishFile_SameGenerationOtherContent_DriftsAndShows()
    {
        await Publish("a:1", 1, Tables.File("p", "m"));

        Assert.Equal(FilePublicationResult.Drifted, (await Publish("b:1", 1, Tables.File("p", "x"))).Result);

        var status = await _fixture.Table().StatusAsync();
        Assert.Equal([new FileStatus("a:1", 1, false), new FileStatus("b:1", 1, true)], status.Files);
        Assert.Equal(["p:m@1"], await _fixture.Published());
    }

    [Fact]
    public async Task PublishFile_NameTheApiMade_TakesNothing()
    {
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);

        var answer = await Publish("a:1", 1, Tables.File("made", "y"), Tables.File("p", "m"));

        Assert.Equal(FilePublicationResult.NameClash, answer.Result);
        Assert.Equal(["made"], answer.Clashes);
        Assert.Equal(["made:x@1"], await _fixture.Published());
        Assert.Null(await _fixture.Provider("p").DescribeAsync());
    }

    [Fact]
    public async Task PublishFile_WhileTheStoreIsGone_IsRefusedAndThenTaken()
    {
        await Publish("a:1", 1, Tables.File("p", "m"));

        _fixture.Storage.IsFailing = true;
        Assert.Equal(FilePublicationResult.StoreUnavailable, (await Publish("a:1", 2, Tables.File("p", "n"))).Result);
        Assert.Equal(["p:m@1"], await _fixture.Published());
        _fixture.Storage.IsFailing = false;

        Assert.Equal(FilePublicationResult.InForce, (await Publish("a:1", 2, Tables.File("p", "n"))).Result);
        Assert.Equal(["p:n@2"], await _fixture.Published());
    }

    [Fact]
    public async Task Poll_WhenNothingDiffers_WaitsUntilSomethingChanges()
    {
        await Publish("a:1", 1, Tables.File("p", "m"));
        var known = await _fixture.Look();
        var waiting = Poll(known, RoutingTable.LongestWait).AsTask();

        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);

        var update = await waiting.WaitAsync(Patience, TimeProvider.System);
        Assert.Equal(["made", "p"], update.Definitions!.Providers.Select(p => p.Name));
    }

    [Fact]
    public async Task Poll_OfAnotherEpoch_IsAnsweredAtOnce()
    {
        await Publish("a:1", 1, Tables.File("p", "m"));
        var known = await _fixture.Look();
        var stranger = known.Definitions!.Version with { Epoch = Guid.NewGuid(), Counter = 1000 };

        var update = await _fixture.Table().RelayAsync(new RelayPoll([], stranger, default, RoutingTable.LongestWait)).AsTask().WaitAsync(Patience, TimeProvider.System);

        Assert.Equal(known.Definitions.Version, update.Definitions!.Version);
    }

    [Fact]
    public async Task Poll_OfARelay_CountsItsGatewaysOfTheLastFifteenSeconds()
    {
        Assert.Equal(1, (await Tell(Gateway("a", age: 0))).ActiveGateways);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(2, (await Tell(Gateway("b", age: 3))).ActiveGateways);

        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await Tell(Gateway("c", age: 0))).ActiveGateways);
        Assert.Equal(["a", "b", "c"], (await _fixture.Table().StatusAsync()).Gateways.Select(g => g.Name));

        _fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        await Tell(Gateway("d", age: 0));
        Assert.Equal("d", Assert.Single((await _fixture.Table().StatusAsync()).Gateways).Name);
    }

    [Fact]
    public async Task Poll_OfTwoRelays_ThatServedOneGateway_CountsItOnce_WithItsLastPoll()
    {
        var moved = Gateway("moved", age: 1);
        await Tell(moved);
        await Tell(moved with { Age = TimeSpan.FromSeconds(5), Definitions = new SnapshotVersion(Guid.NewGuid(), 1, 1) });

        var known = Assert.Single((await _fixture.Table().StatusAsync()).Gateways);
        Assert.Equal((moved.Definitions, _fixture.Clock.GetUtcNow() - TimeSpan.FromSeconds(1)), (known.Definitions, known.LastPoll));
    }

    [Fact]
    public async Task Report_OfOutcomes_ReachesAPollerAsScores()
    {
        await Publish("a:1", 1, Tables.File("p", "m"));
        await _fixture.Provider("p").ReportAsync(Tables.Batch(Guid.NewGuid(), 1, Tables.Report(AttemptOutcome.Succeeded)));

        var score = await FirstScore();

        Assert.Equal(new ProviderScore("p", "m", 95, 50, 1, ProviderStatus.Healthy) { StreamedPerformance = 95, StreamedReliability = 50, LatencySeconds = 1, Evidence = 1 }, score);
    }

    // Timers run in turns of their grains: each step of the clock is followed by a call, until both timers had theirs.
    private async Task<ProviderScore> FirstScore()
    {
        for (var i = 0; i < 100; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await _fixture.Provider("p").DescribeAsync();
            if ((await _fixture.Look()).Scores?.Scores is [{ Performance: not 50 } score, ..])
            {
                return score;
            }
        }

        throw new InvalidOperationException("No score came within 100 steps of 250 ms.");
    }

    private ValueTask<FilePublication> Publish(string process, long generation, params ProviderDefinition[] providers) =>
        _fixture.Table().PublishFileAsync(Tables.FileOf(process, generation, providers));

    private ValueTask<RoutingUpdate> Tell(params RelayedGateway[] gateways) =>
        _fixture.Table().RelayAsync(new RelayPoll([.. gateways], default, default, TimeSpan.Zero));

    private ValueTask<RoutingUpdate> Poll(RoutingUpdate known, TimeSpan wait) => _fixture.Table().RelayAsync(
        new RelayPoll([], known.Definitions?.Version ?? default, known.Scores?.Version ?? default, wait));

    private static RelayedGateway Gateway(string name, int age) =>
        new(Guid.NewGuid(), name, new SnapshotVersion(Guid.NewGuid(), 0, 0), TimeSpan.FromSeconds(age));
}
