using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

public sealed class CircuitBreakerTests
{
    private readonly CircuitCase _case = new();

    public static TheoryData<AttemptOutcome, bool> Failures => new()
    {
        { AttemptOutcome.Succeeded, false },
        { AttemptOutcome.Abandoned, false },
        { AttemptOutcome.Rejected, false },
        { AttemptOutcome.RateLimited, false },
        { AttemptOutcome.CredentialsRefused, false },
        { AttemptOutcome.ConnectFailed, true },
        { AttemptOutcome.TimedOut, true },
        { AttemptOutcome.ServerError, true },
        { AttemptOutcome.InvalidAnswer, true },
        { AttemptOutcome.StreamBroken, true },
    };

    [Fact]
    public void Failures_OfThisTable_AreAllOutcomes() =>
        Assert.Equal(Enum.GetValues<AttemptOutcome>(), Failures.Select(row => row.Data.Item1));

    [Theory]
    [MemberData(nameof(Failures))]
    public void Outcome_FiveInARow_OpensIfItIsTheProvidersFault(AttemptOutcome outcome, bool opens)
    {
        _case.Report(outcome, 4);
        Assert.Equal(CircuitState.Closed, _case.State);

        Assert.Equal(opens, _case.Report(outcome));
        Assert.Equal(opens ? CircuitState.Open : CircuitState.Closed, _case.State);
    }

    [Fact]
    public void Success_BetweenFailures_BreaksTheRun()
    {
        for (var i = 0; i < 3; i++)
        {
            _case.Report(AttemptOutcome.TimedOut, 4);
            _case.Now += 1;
            _case.Report(AttemptOutcome.Succeeded, 9);
            _case.Now += 1;
        }

        Assert.Equal(CircuitState.Closed, _case.State);
    }

    [Fact]
    public void Success_ToldLate_BreaksTheRunWhereItBelongs()
    {
        _case.Now = 10;
        for (var second = 1; second <= 4; second++)
        {
            _case.ReportOf(AttemptOutcome.ServerError, second - 0.1, second);
        }

        _case.ReportOf(AttemptOutcome.Succeeded, 2.4, 2.5);

        Assert.False(_case.ReportOf(AttemptOutcome.ServerError, 4.9, 5));
        Assert.False(_case.ReportOf(AttemptOutcome.ServerError, 5.9, 6));
        Assert.True(_case.ReportOf(AttemptOutcome.ServerError, 6.9, 7));
    }

    [Fact]
    public void Failure_ToldLate_DoesNotCountAfterASuccessBehindIt()
    {
        _case.Now = 10;
        _case.ReportOf(AttemptOutcome.Succeeded, 8, 9);
        for (var i = 0; i < 5; i++)
        {
            _case.ReportOf(AttemptOutcome.ServerError, 7, 8);
        }

        Assert.Equal(CircuitState.Closed, _case.State);
    }

    [Theory]
    [InlineData(9, 10, false)] // 19 calls are too few
    [InlineData(10, 10, true)] // 10 of 20
    [InlineData(9, 20, false)] // 9 of 29
    [InlineData(20, 20, true)]
    public void Share_OfHalfOfTwenty_Opens(int failures, int successes, bool opens)
    {
        var opened = false;
        for (var i = 0; i < Math.Max(failures, successes); i++)
        {
            opened |= i < successes && _case.Report(AttemptOutcome.Succeeded);
            _case.Now += 0.01;
            opened |= i < failures && _case.Report(AttemptOutcome.ServerError);
            _case.Now += 0.01;
        }

        Assert.Equal(opens, opened);
    }

    [Fact]
    public void Share_OfFailuresThirtySecondsAgo_CountsNoMore()
    {
        for (var i = 0; i < 9; i++)
        {
            _case.Report(AttemptOutcome.ServerError);
            _case.Report(AttemptOutcome.Succeeded);
        }

        _case.Now = 30;
        _case.Report(AttemptOutcome.Succeeded, 3);

        Assert.False(_case.Report(AttemptOutcome.ServerError));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(0.5, 10)]
    [InlineData(0.999999, 12)]
    public void Open_Jitter_MovesItsTimeByAFifth(double random, double seconds)
    {
        _case.Random = random;
        _case.Report(AttemptOutcome.ConnectFailed, 5);

        Assert.Equal(seconds, (_case.Breaker.NextProbe(CircuitCase.At(0))!.Value - CircuitCase.Start).TotalSeconds, 0.001);
    }

    [Fact]
    public void Open_AgainAndAgain_DoublesUpToItsLongest()
    {
        double[] expected = [10, 20, 40, 80, 160, 300, 300];
        var told = new List<double>();
        _case.HalfOpened();
        told.Add(10);
        while (told.Count < expected.Length)
        {
            _case.Probe(AttemptOutcome.TimedOut);
            told.Add((_case.Breaker.NextProbe(CircuitCase.At(_case.Now))!.Value - CircuitCase.At(_case.Now)).TotalSeconds);
            _case.Now += told[^1];
        }

        Assert.Equal(expected, told);
    }

    [Fact]
    public void HalfOpen_GivesOnePermitAtATime()
    {
        _case.HalfOpened();
        var first = _case.Breaker.TryProbe(CircuitCase.At(_case.Now));
        var second = _case.Breaker.TryProbe(CircuitCase.At(_case.Now));

        Assert.NotEqual(0, first.Permit);
        Assert.Equal(new ProbeAnswer(0, TimeSpan.FromSeconds(30)), second);
    }

    [Fact]
    public void HalfOpen_PermitThatNobodyReports_EndsByItself()
    {
        _case.HalfOpened();
        var lost = _case.Breaker.TryProbe(CircuitCase.At(_case.Now)).Permit;

        _case.Now += 30;
        var next = _case.Breaker.TryProbe(CircuitCase.At(_case.Now)).Permit;

        Assert.NotEqual(0, next);
        Assert.NotEqual(lost, next);
    }

    [Theory]
    [InlineData(AttemptOutcome.Abandoned)]
    [InlineData(AttemptOutcome.Rejected)]
    [InlineData(AttemptOutcome.RateLimited)]
    [InlineData(AttemptOutcome.CredentialsRefused)]
    public void HalfOpen_ProbeThatTellsNothing_FreesThePermitAlone(AttemptOutcome outcome)
    {
        _case.HalfOpened();
        Assert.False(_case.Probe(outcome));

        Assert.Equal(CircuitState.HalfOpen, _case.State);
        Assert.NotEqual(0, _case.Breaker.TryProbe(CircuitCase.At(_case.Now)).Permit);
    }

    [Fact]
    public void HalfOpen_ThreeSuccesses_CloseIt()
    {
        _case.HalfOpened();

        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => _case.Probe(AttemptOutcome.Succeeded)));
        Assert.Equal(CircuitState.Closed, _case.State);
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.ServerError)]
    public void HalfOpen_CallFromBeforeTheOpening_ChangesNothing(AttemptOutcome outcome)
    {
        _case.HalfOpened();
        for (var i = 0; i < 10; i++)
        {
            Assert.False(_case.ReportOf(outcome, begunAt: -1, endedAt: _case.Now));
        }

        Assert.Equal((CircuitState.HalfOpen, 1), (_case.State, _case.Breaker.Openings));
    }

    [Fact]
    public void Closed_FailuresFromBeforeTheOpening_DoNotReopenIt()
    {
        _case.HalfOpened().Closed();
        for (var i = 0; i < 30; i++)
        {
            Assert.False(_case.ReportOf(AttemptOutcome.StreamBroken, begunAt: -1, endedAt: _case.Now));
        }
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(10, 0.4)]
    [InlineData(15, 0.55)]
    [InlineData(29.9, 0.997)]
    public void Share_AfterClosing_GrowsFromATenthToAll(double seconds, double share)
    {
        _case.HalfOpened().Closed();

        Assert.Equal(share, _case.Breaker.Share(CircuitCase.At(_case.Now + seconds))!.Value, 0.001);
        Assert.Null(_case.Breaker.Share(CircuitCase.At(_case.Now + 30)));
    }

    [Theory]
    [InlineData(29, 20)]
    [InlineData(31, 10)]
    public void Open_AgainWithinItsSlowStart_GoesOnDoubling(double secondsLater, double openSeconds)
    {
        _case.HalfOpened().Closed();
        _case.Now += secondsLater;
        _case.Report(AttemptOutcome.ServerError, 5);

        Assert.Equal(openSeconds, (_case.Breaker.NextProbe(CircuitCase.At(_case.Now))!.Value - CircuitCase.At(_case.Now)).TotalSeconds);
    }

    [Fact]
    public void Record_OfAnOpenCircuit_GoesOnWhereItWas()
    {
        _case.Report(AttemptOutcome.ServerError, 5);
        var next = new CircuitCase(stored: _case.Breaker.ToRecord()) { Now = 5 };

        Assert.Equal(CircuitState.Open, next.State);
        Assert.Equal(_case.Breaker.NextProbe(CircuitCase.At(5)), next.Breaker.NextProbe(CircuitCase.At(5)));
        next.Now = 10;
        Assert.Equal((CircuitState.HalfOpen, 1), (next.State, next.Breaker.Openings));
        next.Probe(AttemptOutcome.ServerError);
        Assert.Equal(2, next.Breaker.Openings);
    }

    [Fact]
    public void Record_OfAClosedCircuit_GoesOnWithItsSlowStart()
    {
        _case.HalfOpened().Closed();
        var next = new CircuitCase(stored: _case.Breaker.ToRecord()) { Now = _case.Now + 15 };

        Assert.Equal(0.55, next.Breaker.Share(CircuitCase.At(next.Now))!.Value, 0.001);
    }

    [Fact]
    public void Settings_OfAnOperator_CountInsteadOfTheDefaults()
    {
        var own = new CircuitCase(new CircuitSettings { ConsecutiveFailures = 2, OpenTime = TimeSpan.FromSeconds(1), SuccessesToClose = 1, SlowStart = TimeSpan.Zero });
        Assert.True(own.Report(AttemptOutcome.ServerError, 2));
        own.Now = 1;
        Assert.True(own.Probe(AttemptOutcome.Succeeded));

        Assert.Null(own.Breaker.Share(CircuitCase.At(own.Now)));
    }
}
