using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class LoadRuleTests
{
    [Theory]
    [InlineData(RequestPriority.Batch, 100, 70)]
    [InlineData(RequestPriority.Normal, 100, 85)]
    [InlineData(RequestPriority.High, 100, 95)]
    [InlineData(RequestPriority.Critical, 100, 100)]
    [InlineData(RequestPriority.Batch, 12_000, 8_400)]
    [InlineData(RequestPriority.Normal, 12_000, 10_200)]
    [InlineData(RequestPriority.Batch, 1, 1)]
    public void Priority_IsTakenUpToItsShareOfTheLimit(RequestPriority priority, int limit, int most) =>
        Assert.Equal(most, SheddingRule.Most(priority, limit));

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 3.0)]
    [InlineData(0.999, 4.996)]
    public void RetryAfter_IsSpreadOverOneToFiveSeconds(double random, double seconds) =>
        Assert.Equal(seconds, SheddingRule.RetryAfter(random).TotalSeconds, 3);

    [Fact]
    public void Gradient_WhileWaitsAreUnnoticed_StaysAtItsMost()
    {
        var limit = new GradientLimit(64, 12_000);
        var random = new Random(3);

        // Noise of a busy but healthy machine: up to 50 ms.
        Feed(limit, windows: 100, () => TimeSpan.FromMilliseconds(random.NextDouble() * 50), inFlight: 300);

        Assert.Equal(12_000, limit.Limit);
    }

    [Fact]
    public void Gradient_WhenWaitsGrow_ComesDownFromWhatIsInFlight()
    {
        var limit = new GradientLimit(64, 12_000);
        Feed(limit, windows: 1, () => TimeSpan.FromMilliseconds(1), inFlight: 1_000);

        // Allowed: 1 × 1.25 + 50 = 51.25 ms of 102.5: half of 1,000, and √1,000.
        Feed(limit, windows: 1, () => TimeSpan.FromMilliseconds(102.5), inFlight: 1_000);

        Assert.Equal(531, limit.Limit);
    }

    [Fact]
    public void Gradient_HoweverLongTheWaits_KeepsItsLeast()
    {
        var limit = new GradientLimit(64, 12_000);
        Feed(limit, windows: 100, () => TimeSpan.FromSeconds(5), inFlight: 1_000);
        Feed(limit, windows: 1, () => TimeSpan.FromMilliseconds(1), inFlight: 1_000);
        Feed(limit, windows: 100, () => TimeSpan.FromSeconds(5), inFlight: 1_000);

        Assert.Equal(64, limit.Limit);
    }

    [Fact]
    public void Gradient_WhenWaitsAreShortAgain_ClimbsBack()
    {
        var limit = new GradientLimit(64, 1_000);
        Feed(limit, windows: 1, () => TimeSpan.FromMilliseconds(1), inFlight: 500);
        Feed(limit, windows: 20, () => TimeSpan.FromSeconds(1), inFlight: 500);
        Assert.Equal(64, limit.Limit);

        Feed(limit, windows: 1, () => TimeSpan.FromMilliseconds(1), inFlight: 60);
        Assert.Equal(72, limit.Limit);
        Feed(limit, windows: 60, () => TimeSpan.FromMilliseconds(1), inFlight: 60);
        Assert.Equal(1_000, limit.Limit);
    }

    [Fact]
    public void Hedges_StayWithinTheirShareOfRequests()
    {
        var budget = new HedgeBudget();
        var hedges = 0;
        for (var i = 0; i < 10_000; i++)
        {
            budget.Earn(0.02);
            hedges += budget.TrySpend() ? 1 : 0;
        }

        Assert.Equal(200, hedges);
    }

    [Fact]
    public void Hedges_NotUsed_AreKeptUpToTen()
    {
        var budget = new HedgeBudget();
        Assert.False(budget.TrySpend());
        for (var i = 0; i < 100_000; i++)
        {
            budget.Earn(0.02);
        }

        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => budget.TrySpend()));
    }

    [Fact]
    public void Quantile_OfKnownTimes_IsRightToAFifth()
    {
        var sketch = new LatencySketch();
        for (var i = 1; i <= 400; i++)
        {
            sketch.Add(TimeSpan.FromMilliseconds(i * 10));
        }

        Assert.InRange(sketch.Quantile(0.95)!.Value.TotalMilliseconds, 3_800, 3_800 * 1.2);
        Assert.InRange(sketch.Quantile(0.5)!.Value.TotalMilliseconds, 2_000, 2_000 * 1.2);
    }

    [Fact]
    public void Quantile_OfFewTimes_IsNotKnown()
    {
        var sketch = new LatencySketch();
        for (var i = 1; i < LatencySketch.LeastSamples; i++)
        {
            sketch.Add(TimeSpan.FromSeconds(1));
        }

        Assert.Null(sketch.Quantile(0.95));
        sketch.Add(TimeSpan.FromSeconds(1));
        Assert.InRange(sketch.Quantile(0.95)!.Value.TotalSeconds, 1, 1.2);
    }

    [Fact]
    public void Quantile_OfAProviderThatBecameSlow_FollowsWithinAThousandAnswers()
    {
        var sketch = new LatencySketch();
        for (var i = 0; i < 10_000; i++)
        {
            sketch.Add(TimeSpan.FromMilliseconds(100));
        }

        for (var i = 0; i < 1_000; i++)
        {
            sketch.Add(TimeSpan.FromSeconds(2));
        }

        Assert.InRange(sketch.Quantile(0.5)!.Value.TotalSeconds, 2, 2.4);
    }

    private static void Feed(GradientLimit limit, int windows, Func<TimeSpan> wait, int inFlight)
    {
        for (var i = 0; i < windows * GradientLimit.WindowSamples; i++)
        {
            limit.Add(wait(), inFlight);
        }
    }
}
