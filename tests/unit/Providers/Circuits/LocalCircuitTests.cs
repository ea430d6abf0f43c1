using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

public sealed class LocalCircuitTests
{
    private static readonly CircuitSettings Settings = new();

    private readonly LocalCircuit _local = new();

    [Fact]
    public void Failures_FiveInARow_ShunTheProviderForAWhile()
    {
        Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(_ => Fail(1)));

        Assert.True(_local.IsShunned(CircuitCase.At(3.9)));
        Assert.False(_local.IsShunned(CircuitCase.At(4)));
    }

    [Fact]
    public void Success_Between_StartsTheCountAnew()
    {
        for (var i = 0; i < 4; i++)
        {
            Fail(1);
        }

        Note(AttemptOutcome.Succeeded, 2);

        Assert.False(Fail(3));
        Assert.False(_local.IsShunned(CircuitCase.At(3)));
    }

    [Fact]
    public void RateLimited_ShunsNobody()
    {
        for (var i = 0; i < 20; i++)
        {
            Note(AttemptOutcome.RateLimited, i);
        }

        Assert.True(_local.IsCalm);
    }

    [Fact]
    public void Trial_AfterTheTime_IsOneCallAlone()
    {
        Shun();

        Assert.True(_local.TryEnter(Settings, CircuitCase.At(5), out _));
        Assert.False(_local.TryEnter(Settings, CircuitCase.At(5), out _));
        Assert.True(_local.IsShunned(CircuitCase.At(5)));
    }

    [Fact]
    public void Trial_ThatFails_DoublesTheTime()
    {
        Shun();
        _local.TryEnter(Settings, CircuitCase.At(5), out _);
        Assert.True(Fail(6));

        Assert.True(_local.IsShunned(CircuitCase.At(11.9)));
        Assert.False(_local.IsShunned(CircuitCase.At(12)));
    }

    [Fact]
    public void Trial_ThatSucceeds_EndsIt()
    {
        Shun();
        _local.TryEnter(Settings, CircuitCase.At(5), out _);
        Note(AttemptOutcome.Succeeded, 6);

        Assert.True(_local.IsCalm);
        Assert.True(_local.TryEnter(Settings, CircuitCase.At(6), out _));
        Assert.True(_local.TryEnter(Settings, CircuitCase.At(6), out _));
    }

    [Fact]
    public void Trial_ThatTellsNothing_LeavesTheNext()
    {
        Shun();
        _local.TryEnter(Settings, CircuitCase.At(5), out _);
        Note(AttemptOutcome.Abandoned, 6);

        Assert.True(_local.TryEnter(Settings, CircuitCase.At(6), out _));
    }

    [Fact]
    public void Trial_ThatIsGivenBack_IsThereForTheNext()
    {
        Shun();
        _local.TryEnter(Settings, CircuitCase.At(5), out var trialUntil);

        _local.GiveBack(trialUntil);

        Assert.False(_local.IsShunned(CircuitCase.At(5)));
        Assert.True(_local.TryEnter(Settings, CircuitCase.At(5), out _));
        Assert.False(_local.TryEnter(Settings, CircuitCase.At(5), out _));
    }

    [Fact]
    public void Trial_ThatIsGivenBackAfterItsEnd_LeavesTheNextTrialAlone()
    {
        Shun();
        _local.TryEnter(Settings, CircuitCase.At(5), out var first);
        Assert.True(_local.TryEnter(Settings, CircuitCase.At(5) + Settings.ProbeTime, out _));

        _local.GiveBack(first);

        Assert.False(_local.TryEnter(Settings, CircuitCase.At(6) + Settings.ProbeTime, out _));
    }

    [Fact]
    public void Failure_OfACallFromBefore_DoesNotLengthenIt()
    {
        Shun();
        for (var i = 0; i < 20; i++)
        {
            _local.Note(new ObservedCall(AttemptOutcome.TimedOut, CircuitCase.At(0), CircuitCase.At(3), 0), Settings, CircuitCase.At(3));
        }

        Assert.False(_local.IsShunned(CircuitCase.At(4)));
    }

    [Fact]
    public void Time_GrowsNoLongerThanAMinute()
    {
        Shun();
        double now = 4;
        for (var i = 0; i < 12; i++)
        {
            _local.TryEnter(Settings, CircuitCase.At(now), out _);
            Fail(now + 1);
            now += 61;
            Assert.False(_local.IsShunned(CircuitCase.At(now)));
        }
    }

    private void Shun()
    {
        for (var i = 0; i < 5; i++)
        {
            Fail(1);
        }
    }

    private bool Fail(double endedAt) => Note(AttemptOutcome.ConnectFailed, endedAt);

    private bool Note(AttemptOutcome outcome, double endedAt) =>
        _local.Note(new ObservedCall(outcome, CircuitCase.At(endedAt - 0.5), CircuitCase.At(endedAt), 0), Settings, CircuitCase.At(endedAt));
}
