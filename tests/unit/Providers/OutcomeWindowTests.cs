using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Unit.Providers;

public sealed class OutcomeWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly OutcomeWindow _window = new();

    [Fact]
    public void Summarise_OneHalfLifeApart_TheOlderWeighsHalf()
    {
        Add(secondsAgo: 60, latency: 10);
        Add(secondsAgo: 0, latency: 1);

        var sums = _window.Summarise(OutcomeWindow.Capacity, Now);

        // (½ × 10 + 1 × 1) ÷ 1½; √((½ × 6² + 1 × 3²) ÷ 1½)
        Assert.Equal((4, Math.Sqrt(18)), (sums.MeanLatencySeconds, sums.DeviationSeconds));
    }

    [Theory]
    [InlineData(0, 1.0 / 2)]
    [InlineData(60, 1.0 / 3)] // ½ ÷ (½ + 1)
    [InlineData(120, 1.0 / 5)] // ¼ ÷ (¼ + 1)
    [InlineData(180, 1.0 / 9)]
    [InlineData(301, 0)]
    public void Summarise_AFailureBeforeAnAnswer_CountsLessWithItsAge(double secondsAgo, double expected)
    {
        _window.Add(failed: true, default, Now.AddSeconds(-secondsAgo));
        Add(secondsAgo: 0, latency: 1);

        Assert.Equal(expected, _window.Summarise(OutcomeWindow.Recent, Now).ErrorRate, 12);
    }

    [Fact]
    public void Summarise_WhileNothingHappens_StaysTheSameToTheLastBit()
    {
        for (var i = 0; i < 50; i++)
        {
            Add(secondsAgo: 50 - i, latency: 1 + (i % 7 * 0.3));
        }

        Assert.Equal(_window.Summarise(OutcomeWindow.Capacity, Now), _window.Summarise(OutcomeWindow.Capacity, Now.AddSeconds(137)));
    }

    [Fact]
    public void Summarise_AllAlike_HasNoDeviation()
    {
        for (var i = 0; i < 100; i++)
        {
            Add(secondsAgo: 100 - i, latency: 0.3);
        }

        Assert.Equal((0.3, 0), (_window.Summarise(OutcomeWindow.Capacity, Now).MeanLatencySeconds, _window.Summarise(OutcomeWindow.Capacity, Now).DeviationSeconds));
    }

    [Fact]
    public void Summarise_AReportOfLongAgoComesLast_ChangesNothing()
    {
        Add(secondsAgo: 60, latency: 10);
        Add(secondsAgo: 0, latency: 1);
        Add(secondsAgo: 2_000_000, latency: 100);

        Assert.Equal((2, 4), (_window.Summarise(OutcomeWindow.Capacity, Now).Outcomes, _window.Summarise(OutcomeWindow.Capacity, Now).MeanLatencySeconds));
    }

    [Theory]
    [InlineData(0, 1.5)]
    [InlineData(60, 0.75)]
    [InlineData(240, 0.09375)] // 1.5 ÷ 2⁴
    [InlineData(301, 0)]
    public void Evidence_OfTwoOneHalfLifeApart_Ages(double later, double expected)
    {
        Add(secondsAgo: 61, latency: 1);
        Add(secondsAgo: 1, latency: 1);

        Assert.Equal(expected, _window.Evidence(Now.AddSeconds(later - 1)), 12);
    }

    private void Add(double secondsAgo, double latency) =>
        _window.Add(failed: false, TimeSpan.FromSeconds(latency), Now.AddSeconds(-secondsAgo));
}
