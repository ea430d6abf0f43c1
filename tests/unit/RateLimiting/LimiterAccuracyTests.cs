using ProxyCluster.Tests.Support.Limits;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Several gateways, one key: what is admitted in any 60 s, from the admissions themselves.</summary>
public sealed class LimiterAccuracyTests
{
    private const int Seconds = 240;
    private const int StepMilliseconds = 30;

    [Theory]
    [InlineData(1_000)]
    [InlineData(100)]
    [InlineData(3_000)]
    public async Task AllLoadOnOneGateway_MovingEverySevenSeconds_StaysWithinTwoPerCentBelowTheLimit(int limit)
    {
        using var limiter = new LimiterFixture(limit, gateways: 2);

        var admitted = await RunAsync(limiter, limit, second => second / 7 % 2);

        Assert.InRange(MostInAnyMinute(admitted), limit * 98 / 100, limit);
        Assert.True(admitted.Count >= limit * Seconds / 60 * 98 / 100, $"{admitted.Count} admitted of {limit * Seconds / 60}");
    }

    [Fact]
    public async Task LoadSkewedFourToOne_StaysWithinTwoPerCentBelowTheLimit()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: 2);
        var turn = 0;

        var admitted = await RunAsync(limiter, 1_000, _ => turn++ % 5 == 0 ? 1 : 0);

        Assert.InRange(MostInAnyMinute(admitted), 980, 1_000);
        Assert.True(admitted.Count >= 1_000 * Seconds / 60 * 98 / 100, $"{admitted.Count} admitted");
    }

    [Fact]
    public async Task LimiterDownForAWhile_NeverLetsTheLimitBePassed()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: 2);

        var admitted = await RunAsync(limiter, 1_000, second => second / 7 % 2, second =>
            limiter.Grains.Mood = second is (> 20 and < 23) or (> 62 and < 67) or (> 130 and < 150) ? GrainMood.Fails : GrainMood.Answers);

        Assert.InRange(MostInAnyMinute(admitted), 900, 1_000);
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

        var admitted = await RunAsync(limiter, 1_000, _ => turn++ % gateways, times: times);

        Assert.InRange(MostInAnyMinute(admitted), 980, 1_000);
        Assert.True(admitted.Count >= 1_000 * Seconds / 60 * 98 / 100, $"{admitted.Count} admitted");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Demand_OfNineTenthsOfTheLimit_IsHardlyEverRefused(int gateways)
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, gateways: gateways);
        var random = new Random(11);

        var admitted = await RunAsync(limiter, 1_000, _ => random.Next(gateways), times: 0.9);

        var refused = (0.9 * 1_000 * Seconds / 60) - admitted.Count;
        Assert.True(refused <= 0.001 * 0.9 * 1_000 * Seconds / 60 + 1, $"{refused} refused");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(4, 2)]
    [InlineData(2, 10)]
    [InlineData(1, 0.9)]
    public async Task Blocks_AreThoseOfTheRuleAsWritten(int gateways, double times)
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, block: true, gateways: gateways);
        var rule = new SpecRule(1_000, 0, block: true);
        var expected = 0;
        var turn = 0;

        var admitted = await RunAsync(
            limiter, 1_000, _ => turn++ % gateways, times: times, arrived: now => expected += rule.Admits(TimeSpan.FromMilliseconds(now)) ? 1 : 0);

        // Uses are dated 100 ms late, so that each round of limit and block is longer by that.
        Assert.InRange(admitted.Count, expected * 0.98, expected);
        Assert.InRange(MostInAnyMinute(admitted), 0, 1_000);
    }

    private static async Task<List<long>> RunAsync(
        LimiterFixture limiter, int limit, Func<int, int> gatewayOf, Action<int>? everySecond = null, double times = 2, Action<long>? arrived = null)
    {
        var callers = Enumerable.Range(0, 4).Select(_ => LimiterFixture.Caller()).ToArray();
        var admitted = new List<long>();
        var perStep = times * limit / 60_000 * StepMilliseconds;
        var owed = 0.0;
        for (long now = 0; now < Seconds * 1_000; now += StepMilliseconds)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(StepMilliseconds));
            if (now / 1_000 != (now - StepMilliseconds) / 1_000)
            {
                everySecond?.Invoke((int)(now / 1_000));
                await limiter.UpkeepAsync();
            }

            for (owed += perStep; owed >= 1; owed--)
            {
                arrived?.Invoke(now);
                var gateway = gatewayOf((int)(now / 1_000));
                if ((await limiter.Acquire(callers[gateway], gateway)).Refusal is null)
                {
                    admitted.Add(now);
                }
            }
        }

        return admitted;
    }

    private static int MostInAnyMinute(List<long> admitted)
    {
        var most = 0;
        for (int first = 0, last = 0; last < admitted.Count; last++)
        {
            while (admitted[last] - admitted[first] >= 60_000)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
