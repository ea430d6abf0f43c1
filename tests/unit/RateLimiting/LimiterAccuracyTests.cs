namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Several gateways, one key: what is admitted in any 60 s, from the admissions themselves.</summary>
public sealed class LimiterAccuracyTests
{
    [Theory]
    [InlineData(1_000)]
    [InlineData(100)]
    [InlineData(3_000)]
    public async Task AllLoadOnOneGateway_MovingEverySevenSeconds_StaysWithinTwoPerCentBelowTheLimit(int limit)
    {
        using var limiter = new LimiterFixture(limit, gateways: 2);

        var admitted = await SteadyLoad.RunAsync(limiter, limit, second => second / 7 % 2);

        Assert.InRange(SteadyLoad.MostInAnyMinute(admitted), limit * 98 / 100, limit);
        Assert.True(admitted.Count >= limit * SteadyLoad.Seconds / 60 * 98 / 100, $"{admitted.Count} admitted of {limit * SteadyLoad.Seconds / 60}");
    }

    [Fact]
    public async Task LoadSkewedFourToOne_StaysWithinTwoPerCentBelowTheLimit()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: 2);
        var turn = 0;

        var admitted = await SteadyLoad.RunAsync(limiter, 1_000, _ => turn++ % 5 == 0 ? 1 : 0);

        Assert.InRange(SteadyLoad.MostInAnyMinute(admitted), 980, 1_000);
        Assert.True(admitted.Count >= 1_000 * SteadyLoad.Seconds / 60 * 98 / 100, $"{admitted.Count} admitted");
    }

    [Fact]
    public async Task LimiterDownForAWhile_NeverLetsTheLimitBePassed()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: 2);

        var admitted = await SteadyLoad.RunAsync(limiter, 1_000, second => second / 7 % 2, second =>
            limiter.Grains.Mood = second is (> 20 and < 23) or (> 62 and < 67) or (> 130 and < 150) ? GrainMood.Fails : GrainMood.Answers);

        Assert.InRange(SteadyLoad.MostInAnyMinute(admitted), 900, 1_000);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(4, 2)]
    [InlineData(2, 10)]
    [InlineData(4, 10)]
    public async Task Demand_OverTheLimit_SpreadOverGateways_UsesAllOfIt(int gateways, int times)
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: gateways);
        var turn = 0;

        var admitted = await SteadyLoad.RunAsync(limiter, 1_000, _ => turn++ % gateways, times: times);

        Assert.InRange(SteadyLoad.MostInAnyMinute(admitted), 980, 1_000);
        Assert.True(admitted.Count >= 1_000 * SteadyLoad.Seconds / 60 * 98 / 100, $"{admitted.Count} admitted");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Demand_OfNineTenthsOfTheLimit_IsHardlyEverRefused(int gateways)
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: gateways);
        var random = new Random(11);

        var admitted = await SteadyLoad.RunAsync(limiter, 1_000, _ => random.Next(gateways), times: 0.9);

        var refused = (0.9 * 1_000 * SteadyLoad.Seconds / 60) - admitted.Count;
        Assert.True(refused <= 0.001 * 0.9 * 1_000 * SteadyLoad.Seconds / 60 + 1, $"{refused} refused");
    }
}
