using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Unit.Providers;

public sealed class PeakAverageTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PeakAverage _average = new();

    [Fact]
    public void Seconds_WithoutAnAnswer_AreNotKnown() => Assert.Null(_average.Seconds(Now));

    [Fact]
    public void Add_ASlowerAnswer_CountsAtOnceAndWhole()
    {
        Add(1, at: 0);
        Add(10, at: 1);

        Assert.Equal(10, Seconds(at: 1));
    }

    [Theory]
    [InlineData(0, 10.0)]
    [InlineData(10, 6.0)] // half of 10, half of 2
    [InlineData(20, 4.0)] // a quarter of 10, three quarters of 2
    [InlineData(30, 3.0)]
    public void Add_AQuickerAnswer_CountsByTheTimeSinceTheLast(double later, double expected)
    {
        Add(10, at: 0);
        Add(2, at: later);

        Assert.Equal(expected, Seconds(at: later)!.Value, 12);
    }

    [Fact]
    public void Seconds_WhileNobodyAsks_StayAndAreForgottenAfterFiveMinutes()
    {
        Add(10, at: 0);

        Assert.Equal(10, Seconds(at: 300));
        Assert.Null(Seconds(at: 300.001));
    }

    [Fact]
    public void Add_AfterMoreThanFiveMinutes_BeginsAnew()
    {
        Add(10, at: 0);
        Add(1, at: 301);

        Assert.Equal(1, Seconds(at: 301));
    }

    [Theory]
    [InlineData(10, 20)] // a peak all the same
    [InlineData(10.001, 1)] // it tells of another time
    public void Add_ALateReportOfASlowAnswer_CountsWithinAHalfLife(double late, double expected)
    {
        Add(1, at: 60);
        Add(20, at: 60 - late);

        Assert.Equal(expected, Seconds(at: 60));
    }

    [Fact]
    public void Add_ALateReportOfAQuickAnswer_ChangesNothing()
    {
        Add(10, at: 5);
        Add(1, at: 0);

        Assert.Equal(10, Seconds(at: 5));
    }

    [Fact]
    public void Scores_StreamsAndWholeAnswers_HaveAveragesOfTheirOwnAndFailuresNone()
    {
        var definition = new ProviderDefinition { Name = "p", Type = "openai", Models = [new() { Id = "m" }, new() { Id = "n" }] };
        var history = new ProviderHistory();
        Report(AttemptOutcome.Succeeded, streamed: false, 4);
        Report(AttemptOutcome.Succeeded, streamed: true, 0.5);
        Report(AttemptOutcome.TimedOut, streamed: true, 30);

        var scores = history.Scores(definition, Now);

        Assert.Equal((4, 0.5, 3), (scores[0].LatencySeconds, scores[0].FirstTokenSeconds, scores[0].Evidence));
        Assert.Equal((null, null, 0), (scores[1].LatencySeconds, scores[1].FirstTokenSeconds, scores[1].Evidence));

        void Report(AttemptOutcome outcome, bool streamed, double seconds) =>
            history.Add(new AttemptReport("m", outcome, streamed, TimeSpan.FromSeconds(seconds), default, 0), definition, Now);
    }

    private void Add(double seconds, double at) => _average.Add(TimeSpan.FromSeconds(seconds), Now.AddSeconds(at));

    private double? Seconds(double at) => _average.Seconds(Now.AddSeconds(at));
}
