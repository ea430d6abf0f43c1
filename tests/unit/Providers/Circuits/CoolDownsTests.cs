using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

public sealed class CoolDownsTests
{
    private static readonly CoolDownSettings Settings = new();

    private readonly CoolDowns _rests = new();

    [Fact]
    public void RateLimited_WithAdvice_RestsAsLongAsTheProviderAsks()
    {
        Assert.True(Note("m", AttemptOutcome.RateLimited, endedAt: 5, advised: 7));

        Assert.Equal(CircuitCase.At(12), _rests.Until("m", CircuitCase.At(5)));
        Assert.Null(_rests.Until("m", CircuitCase.At(12)));
        Assert.Null(_rests.Until("n", CircuitCase.At(5)));
    }

    [Fact]
    public void RateLimited_WithoutAdvice_RestsLongerEachTimeInARow()
    {
        var told = new List<double>();
        double now = 0;
        for (var i = 0; i < 7; i++)
        {
            Note("m", AttemptOutcome.RateLimited, now);
            told.Add((_rests.Until("m", CircuitCase.At(now))!.Value - CircuitCase.At(now)).TotalSeconds);
            now += told[^1] + 0.2;
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], told);
    }

    [Fact]
    public void RateLimited_ManyCallsAtOnce_AreOneOccasion()
    {
        for (var i = 0; i < 50; i++)
        {
            Note("m", AttemptOutcome.RateLimited, endedAt: 1 + (i / 1000.0));
        }

        Assert.Equal(CircuitCase.At(11), _rests.Until("m", CircuitCase.At(2)));
    }

    [Fact]
    public void Success_AfterARest_MakesTheNextAFirstOneAgain()
    {
        Note("m", AttemptOutcome.RateLimited, 0);
        Note("m", AttemptOutcome.RateLimited, 11);
        Note("m", AttemptOutcome.Succeeded, 32);
        Note("m", AttemptOutcome.RateLimited, 33);

        Assert.Equal(CircuitCase.At(43), _rests.Until("m", CircuitCase.At(33)));
    }

    [Fact]
    public void Advice_Shorter_DoesNotCutARestThatIsInForce()
    {
        Note("m", AttemptOutcome.RateLimited, 0, advised: 60);

        Assert.False(Note("m", AttemptOutcome.RateLimited, 1, advised: 2));
        Assert.Equal(CircuitCase.At(60), _rests.Until("m", CircuitCase.At(1)));
    }

    [Fact]
    public void Advice_OfDays_IsCutToTheLongest()
    {
        Note("m", AttemptOutcome.RateLimited, 0, advised: 86_400);

        Assert.Equal(CircuitCase.At(3600), _rests.Until("m", CircuitCase.At(1)));
    }

    [Fact]
    public void CredentialsRefused_RestsTheModelAlone()
    {
        Note("m", AttemptOutcome.CredentialsRefused, 0);

        Assert.Equal(CircuitCase.At(10), _rests.Until("m", CircuitCase.At(1)));
        Assert.Null(_rests.Until("n", CircuitCase.At(1)));
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Abandoned)]
    [InlineData(AttemptOutcome.Rejected)]
    [InlineData(AttemptOutcome.ServerError)]
    [InlineData(AttemptOutcome.TimedOut)]
    public void Outcome_OfAnotherKind_RestsNothing(AttemptOutcome outcome)
    {
        Assert.False(Note("m", outcome, 0));
        Assert.True(_rests.IsEmpty);
    }

    [Fact]
    public void Retain_ForgetsModelsThatAreGone_AndRestsLongOver()
    {
        Note("m", AttemptOutcome.RateLimited, 0);
        Note("gone", AttemptOutcome.RateLimited, 0);

        _rests.Retain(model => model == "m", CircuitCase.At(1), Settings);
        Assert.Null(_rests.Until("gone", CircuitCase.At(1)));
        Assert.NotNull(_rests.Until("m", CircuitCase.At(1)));

        _rests.Retain(_ => true, CircuitCase.At(311), Settings);
        Assert.True(_rests.IsEmpty);
    }

    private bool Note(string model, AttemptOutcome outcome, double endedAt, double? advised = null) => _rests.Note(
        model,
        new ObservedCall(outcome, CircuitCase.At(endedAt - 0.1), CircuitCase.At(endedAt), 0),
        advised is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Settings);
}
