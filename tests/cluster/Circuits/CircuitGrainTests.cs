using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Tests.Cluster.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Circuits;

/// <summary>A provider's circuit in its grain: told to everybody at once, stored, and probed by one gateway at a time.</summary>
public sealed class CircuitGrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Guid _gateway = Guid.NewGuid();
    private ClusterFixture _fixture = null!;
    private long _sequence;

    private IProviderGrain Grain => _fixture.Provider("p");

    public async ValueTask InitializeAsync()
    {
        _fixture = await ClusterFixture.StartAsync(silos: 1);
        await Grain.SetAsync(Tables.Api("p", "m", "n"), 0);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Failures_OfSeveralGateways_OpenTheCircuitForAllAtOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            await Grain.ReportAsync(Tables.Batch(Guid.NewGuid(), 1, Failure()));
        }

        await AtOnceAsync(scores => scores.All(s => s.Circuit == CircuitState.Open));
    }

    [Fact]
    public async Task RateLimit_IsToldAtOnce()
    {
        await ReportAsync(Tables.Report(AttemptOutcome.RateLimited) with { RestMilliseconds = 7000 });

        await AtOnceAsync(scores => scores.Single(s => s.Model == "m").RestsUntil is not null);
    }

    [Fact]
    public async Task Circuit_AfterItsActivationIsGone_IsStillOpen()
    {
        await OpenAsync();
        var before = (await DescribeAsync()).Circuit!;
        await UntilStoredAsync();
        await _fixture.Cluster.DeactivateAsync(Grain);

        var after = (await DescribeAsync()).Circuit!;

        Assert.Equal(before, after);
        Assert.Equal((CircuitState.Open, 1), (after.State, after.Openings));
    }

    [Fact]
    public async Task Circuit_WhileTheStoreIsGone_OpensAllTheSameAndIsStoredLater()
    {
        _fixture.Storage.IsFailing = true;
        await OpenAsync();
        await UntilAsync(scores => scores.All(s => s.Circuit == CircuitState.Open), within: TimeSpan.FromSeconds(1));
        Assert.Null(_fixture.Storage.Find(Grain.GrainIdOf(), "circuit"));

        _fixture.Storage.IsFailing = false;
        await UntilStoredAsync();
    }

    [Fact]
    public async Task HalfOpen_EightGatewaysAskAtOnce_OneGetsTheProbe()
    {
        await HalfOpenAsync();

        var permits = await AskAllAsync(ProbeKind.HalfOpen);

        Assert.Equal(TimeSpan.FromSeconds(30), Assert.Single(permits, permit => permit.Number != 0).Time);
        Assert.All(permits.Where(permit => permit.Number == 0), permit => Assert.True(permit.Time > TimeSpan.Zero));
    }

    [Fact]
    public async Task Probe_BeforeItsTime_IsNotGiven()
    {
        await OpenAsync();

        var permit = await Grain.TryProbeAsync(ProbeKind.HalfOpen);

        Assert.Equal(0, permit.Number);
        Assert.InRange(permit.Time, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Probes_ThatSucceed_CloseTheCircuitAndBringTheTrafficBackSlowly()
    {
        await HalfOpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var permit = await Grain.TryProbeAsync(ProbeKind.HalfOpen);
            await ReportAsync(Tables.Report(AttemptOutcome.Succeeded) with { Permit = permit.Number });
        }

        await UntilAsync(scores => scores.All(s => s is { Circuit: CircuitState.Closed, Share: 0.1 }), within: TimeSpan.FromSeconds(1));
        await UntilAsync(scores => scores.All(s => s.Share is > 0.3 and < 0.6), within: TimeSpan.FromSeconds(12));
        await UntilAsync(scores => scores.All(s => s.Share is null), within: TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Probe_ThatFails_DoublesTheTime()
    {
        await HalfOpenAsync();
        var permit = await Grain.TryProbeAsync(ProbeKind.HalfOpen);
        await ReportAsync(Failure() with { Permit = permit.Number });

        var circuit = (await DescribeAsync()).Circuit!;

        Assert.Equal((CircuitState.Open, 2), (circuit.State, circuit.Openings));
        Assert.InRange(circuit.NextProbe!.Value - _fixture.Clock.GetUtcNow(), TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(24));
    }

    [Fact]
    public async Task Definition_OfAnotherAddress_BeginsWithAClosedCircuit()
    {
        await OpenAsync();
        await Grain.SetAsync(Tables.Api("p", "m", "n") with { Weight = 2 }, null);
        Assert.Equal(CircuitState.Open, (await DescribeAsync()).Circuit!.State);

        await Grain.SetAsync(Tables.Api("p", "m", "n") with { BaseUrl = "https://elsewhere.example" }, null);
        Assert.Equal(CircuitState.Closed, (await DescribeAsync()).Circuit!.State);
    }

    [Fact]
    public async Task RateLimit_RestsTheModelForAllAndNotItsSiblings()
    {
        await ReportAsync(Tables.Report(AttemptOutcome.RateLimited) with { RestMilliseconds = 7000 });
        var until = _fixture.Clock.GetUtcNow() + TimeSpan.FromSeconds(7);

        await UntilAsync(
            scores => scores.Single(s => s.Model == "m").RestsUntil == until && scores.Single(s => s.Model == "n").RestsUntil is null,
            within: TimeSpan.FromSeconds(1));
        var described = await DescribeAsync();
        Assert.Equal(new ModelRest("m", until), Assert.Single(described.Rests));
        Assert.Equal(CircuitState.Closed, described.Circuit!.State);
    }

    [Fact]
    public async Task Quota_ThatIsSpent_RestsTheModelForAllBeforeA429()
    {
        var now = _fixture.Clock.GetUtcNow();
        var spent = new ModelQuota("m", 0, new QuotaAmount(60, 0, now + TimeSpan.FromSeconds(20)), null, now);
        await Grain.ReportAsync(Tables.Batch(_gateway, ++_sequence, Tables.Report(AttemptOutcome.Succeeded)) with { Quotas = [spent] });

        await UntilAsync(scores => scores.Single(s => s.Model == "m").RestsUntil == spent.Requests!.Value.ResetsAt, within: TimeSpan.FromSeconds(1));
        Assert.Equal(spent, Assert.Single((await DescribeAsync()).Quotas));
    }

    [Fact]
    public async Task Idle_EightGatewaysAskAtOnce_OneMayCheck()
    {
        Assert.All(await AskAllAsync(ProbeKind.Idle), permit => Assert.Equal(0, permit.Number));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Single(await AskAllAsync(ProbeKind.Idle), permit => permit.Number != 0);
    }

    [Fact]
    public async Task Check_ThatSucceeds_ShowsAnIdleProviderAsHealthyAndLeavesItsScores()
    {
        var before = (await DescribeAsync()).Scores;
        _fixture.Clock.Advance(TimeSpan.FromSeconds(60));
        await ReportAsync(new AttemptReport("", AttemptOutcome.Succeeded, false, TimeSpan.FromSeconds(4), default, 0) { IsCheck = true });

        var after = await DescribeAsync();

        Assert.Equal((ProviderStatus.Healthy, true), (after.Status, after.Health!.IsIdle));
        Assert.Equal(before.Select(s => s.Performance), after.Scores.Select(s => s.Performance));
        Assert.All(after.Outcomes, outcome => Assert.Equal(0, outcome.Count));
    }

    private static AttemptReport Failure() => Tables.Report(AttemptOutcome.ServerError) with { DurationMilliseconds = 20 };

    private async Task OpenAsync() => await ReportAsync([.. Enumerable.Repeat(Failure(), 5)]);

    private async Task HalfOpenAsync()
    {
        await OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(12.5));
        Assert.Equal(CircuitState.HalfOpen, (await DescribeAsync()).Circuit!.State);
    }

    private async Task ReportAsync(params AttemptReport[] reports) => await Grain.ReportAsync(Tables.Batch(_gateway, ++_sequence, reports));

    private async Task<ProviderDescription> DescribeAsync() => (await Grain.DescribeAsync())!;

    private async Task<ProbePermit[]> AskAllAsync(ProbeKind kind) =>
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Grain.TryProbeAsync(kind).AsTask()));

    // The grains' time moves on in ticks; after each the table is asked, so that what the tick set going has ended.
    private async Task UntilAsync(Func<IReadOnlyList<ProviderScore>, bool> reached, TimeSpan within)
    {
        IReadOnlyList<ProviderScore> seen = [];
        for (var passed = TimeSpan.Zero; passed <= within; passed += Tick)
        {
            seen = [.. (await _fixture.Look()).Scores?.Scores ?? []];
            if (seen.Count > 0 && reached(seen))
            {
                return;
            }

            _fixture.Clock.Advance(Tick);
            await Grain.DescribeAsync();
            await _fixture.Table().StatusAsync();
        }

        Assert.Fail($"Not within {within.TotalSeconds} s; seen: {string.Join("; ", seen)}");
    }

    // Time stands still: what is told without a tick has been told after some questions.
    private async Task AtOnceAsync(Func<IReadOnlyList<ProviderScore>, bool> reached)
    {
        IReadOnlyList<ProviderScore> seen = [];
        for (var i = 0; i < 500; i++)
        {
            seen = [.. (await _fixture.Look()).Scores?.Scores ?? []];
            if (seen.Count > 0 && reached(seen))
            {
                return;
            }
        }

        Assert.Fail($"Not at once; seen: {string.Join("; ", seen)}");
    }

    private async Task UntilStoredAsync()
    {
        for (var i = 0; i < 100 && _fixture.Storage.Find(Grain.GrainIdOf(), "circuit") is null; i++)
        {
            _fixture.Clock.Advance(Tick);
            await Grain.DescribeAsync();
        }

        Assert.NotNull(_fixture.Storage.Find(Grain.GrainIdOf(), "circuit"));
    }
}
