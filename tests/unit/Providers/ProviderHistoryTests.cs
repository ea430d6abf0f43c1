using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Providers;

public sealed class ProviderHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ProviderDefinition Definition = new() { Name = "p", Type = "openai", Models = [new() { Id = "m" }, new() { Id = "n" }] };

    private readonly ProviderHistory _history = new();

    public static TheoryData<AttemptOutcome, bool, bool> Meanings => new()
    {
        { AttemptOutcome.Succeeded, true, false },
        { AttemptOutcome.Abandoned, false, false },
        { AttemptOutcome.Rejected, false, false },
        { AttemptOutcome.RateLimited, false, false },
        { AttemptOutcome.CredentialsRefused, true, true },
        { AttemptOutcome.ConnectFailed, true, true },
        { AttemptOutcome.TimedOut, true, true },
        { AttemptOutcome.ServerError, true, true },
        { AttemptOutcome.InvalidAnswer, true, true },
        { AttemptOutcome.StreamBroken, true, true },
    };

    [Theory]
    [MemberData(nameof(Meanings))]
    public void Outcome_InHistory_CountsAsSpecified(AttemptOutcome outcome, bool counts, bool fails)
    {
        Assert.Equal(counts, outcome.CountsInHistory());
        Assert.Equal(fails, outcome.IsFailure());
    }

    [Fact]
    public void Outcomes_AllOfThem_HaveAMeaning() =>
        Assert.Equal(Enum.GetValues<AttemptOutcome>(), Meanings.Select(m => m.Data.Item1));

    [Fact]
    public void Score_StreamsAndWholeAnswers_AreKeptApart()
    {
        Add(AttemptOutcome.Succeeded, seconds: 1, streamed: true);
        Add(AttemptOutcome.Succeeded, seconds: 6);

        var score = Score("m");

        Assert.Equal((70, 95), (score.Performance, score.StreamedPerformance));
    }

    [Fact]
    public void Score_OneKindOnly_IsLentToTheOther()
    {
        Add(AttemptOutcome.Succeeded, seconds: 2, streamed: true);

        Assert.Equal((90, 90), (Score("m").Performance, Score("m").StreamedPerformance));
    }

    [Fact]
    public void Score_OtherModel_HasNoDataOfItsOwn()
    {
        Add(AttemptOutcome.ServerError);

        Assert.Equal((0, 50), (Score("m").Performance, Score("n").Performance));
    }

    [Fact]
    public void Score_ElevenOutcomes_ForgetsTheFirstForPerformanceAlone()
    {
        Add(AttemptOutcome.ServerError);
        for (var i = 0; i < 10; i++)
        {
            Add(AttemptOutcome.Succeeded, seconds: 1);
        }

        Assert.Equal(95, Score("m").Performance);
        Assert.Equal(((100 * 10 / 11.0) + 100) / 2, Score("m").Reliability, 9);
    }

    [Fact]
    public void Score_AfterFiveMinutes_KnowsNothingAgain()
    {
        Add(AttemptOutcome.ServerError, count: 20);

        var later = _history.Scores(Definition, Now + OutcomeWindow.MaxAge + TimeSpan.FromSeconds(1))[0];

        Assert.Equal((50, 50), (later.Performance, later.Reliability));
    }

    [Fact]
    public void Score_ReportOfAnUndefinedModel_IsCountedButKeepsNoHistory()
    {
        _history.Add(new AttemptReport("unknown", AttemptOutcome.ServerError, false, default, default, 0), Definition, Now);

        Assert.Equal(1, _history.Total(AttemptOutcome.ServerError));
        Assert.Equal(2, _history.Scores(Definition, Now).Length);
    }

    [Theory]
    [InlineData(0, 0, ProviderStatus.Unknown)]
    [InlineData(1, 0, ProviderStatus.Healthy)]
    [InlineData(0, 1, ProviderStatus.Degraded)]
    [InlineData(0, 4, ProviderStatus.Degraded)]
    [InlineData(0, 5, ProviderStatus.Unhealthy)]
    [InlineData(9, 1, ProviderStatus.Healthy)]
    [InlineData(8, 2, ProviderStatus.Degraded)]
    [InlineData(6, 4, ProviderStatus.Degraded)]
    [InlineData(5, 5, ProviderStatus.Unhealthy)]
    [InlineData(20, 10, ProviderStatus.Unhealthy)]
    public void Status_FromTheLastTen_FollowsTheShareOfFailures(int successes, int failures, ProviderStatus expected)
    {
        Add(AttemptOutcome.Succeeded, count: successes);
        Add(AttemptOutcome.TimedOut, count: failures);

        Assert.Equal(expected, _history.Status(Definition, Now));
    }

    [Fact]
    public void Status_UnhealthyForThirtySeconds_IsTriedAnew()
    {
        Add(AttemptOutcome.ConnectFailed, count: 10);

        Assert.Equal(ProviderStatus.Unhealthy, _history.Status(Definition, Now + StatusWindow.FailureMemory));
        Assert.Equal(ProviderStatus.Unknown, _history.Status(Definition, Now + StatusWindow.FailureMemory + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Status_NotEnabled_IsDisabled() =>
        Assert.Equal(ProviderStatus.Disabled, _history.Status(Definition with { Enabled = false }, Now));

    [Fact]
    public void Begin_SequenceSeenBefore_IsRefused()
    {
        var gateway = Guid.NewGuid();

        Assert.True(_history.Begin(gateway, 7, 1, Now));
        Assert.False(_history.Begin(gateway, 7, 9, Now));
        Assert.False(_history.Begin(gateway, 6, 9, Now));
        Assert.True(_history.Begin(Guid.NewGuid(), 7, 2, Now));
        Assert.Equal(3, _history.InFlight(Now));
    }

    [Fact]
    public void InFlight_OfASilentGateway_IsForgottenAfterTenSeconds()
    {
        _history.Begin(Guid.NewGuid(), 1, 5, Now);
        _history.Begin(Guid.NewGuid(), 1, 3, Now + TimeSpan.FromSeconds(5));

        Assert.Equal(8, _history.InFlight(Now + ProviderHistory.InFlightMemory));
        Assert.Equal(3, _history.InFlight(Now + TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public void Begin_MoreGatewaysThanAreRemembered_ForgetsTheOldest()
    {
        var first = Guid.NewGuid();
        _history.Begin(first, 5, 1, Now);
        for (var i = 1; i <= ProviderHistory.MaxGateways; i++)
        {
            _history.Begin(Guid.NewGuid(), 1, 1, Now + TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal(ProviderHistory.MaxGateways, _history.InFlight(Now + TimeSpan.FromSeconds(2)));
        Assert.True(_history.Begin(first, 5, 1, Now));
    }

    private void Add(AttemptOutcome outcome, double seconds = 0, bool streamed = false, int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            _history.Add(new AttemptReport("m", outcome, streamed, TimeSpan.FromSeconds(seconds), default, 0), Definition, Now);
        }
    }

    private ProviderScore Score(string model) => _history.Scores(Definition, Now).Single(s => s.Model == model);
}
