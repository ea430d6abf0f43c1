using ProxyCluster.Tests.Support.Limits;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Blocks of several gateways against the rule as it is written, for one place that sees every request at once.</summary>
public sealed class BlockAccuracyTests
{
    private const int Limit = 1_000;

    // A block begins late by as long as a token was parked at a gateway with nothing to do: idle ones go back after two seconds,
    // found within one more.
    private const int LongestParkedSeconds = 3;

    public static TheoryData<int, double> Loads { get; } = Of([0.9, 1.02, 1.05, 1.2, 2, 10]);

    public static TheoryData<int, double> TroubledLoads { get; } = Of([0.9, 1.2, 2, 10]);

    [Theory]
    [MemberData(nameof(Loads))]
    public async Task Blocks_AreThoseOfTheRuleAsWritten(int gateways, double times)
    {
        using var limiter = new LimiterFixture(Limit, block: true, gateways: gateways);

        var (admitted, expected) = await RunAsync(limiter, gateways, times, _ => { });

        // A window that is full for less long than tokens may be parked may open again before anybody knows that it was full: then
        // no block begins, and the window alone says who is admitted.
        var late = gateways == 1 ? 0 : Late(times, LongestParkedSeconds);
        var mayGoUnseen = gateways > 1 && times > 1 && 60 - (60 / times) < LongestParkedSeconds;
        Assert.InRange(admitted.Count, expected - late, mayGoUnseen ? SteadyLoad.Seconds / 60 * Limit : expected);
        Assert.InRange(SteadyLoad.MostInAnyMinute(admitted), 0, Limit);
    }

    // The limiter is away for two seconds of every ten: while windows fill, while they are full, and in blocks.
    [Theory]
    [MemberData(nameof(TroubledLoads))]
    public async Task Blocks_AreThoseOfTheRule_ThoughTheLimiterFailsNowAndThen(int gateways, double times) =>
        await AssertRuleAsync(gateways, times, GrainMood.Fails);

    [Theory]
    [MemberData(nameof(TroubledLoads))]
    public async Task Blocks_AreThoseOfTheRule_ThoughAnswersAreLostNowAndThen(int gateways, double times) =>
        await AssertRuleAsync(gateways, times, GrainMood.Loses);

    private static async Task AssertRuleAsync(int gateways, double times, GrainMood trouble)
    {
        const int secondsAway = 2;
        using var limiter = new LimiterFixture(Limit, block: true, gateways: gateways);

        var (admitted, expected) = await RunAsync(
            limiter, gateways, times, second => limiter.Grains.Mood = second % 10 is 3 or 4 ? trouble : GrainMood.Answers);

        // Alone, gateways know of the others what they were told last: together they may be a little over, or refuse one in a thousand.
        var over = gateways == 1 ? 0 : Limit / 20;
        var late = Late(times, LongestParkedSeconds + secondsAway) + (expected / 1_000);
        Assert.InRange(admitted.Count, expected - late, expected + over);
        Assert.InRange(SteadyLoad.MostInAnyMinute(admitted), 0, Limit + over);
    }

    private static async Task<(List<long> Admitted, int Expected)> RunAsync(LimiterFixture limiter, int gateways, double times, Action<int> everySecond)
    {
        var rule = new SpecRule(Limit, 0, block: true);
        var random = new Random(3);
        var expected = 0;
        var admitted = await SteadyLoad.RunAsync(
            limiter,
            Limit,
            _ => random.Next(gateways),
            everySecond,
            times,
            now => expected += rule.Admits(TimeSpan.FromMilliseconds(now)) ? 1 : 0);
        return (admitted, expected);
    }

    // Of all blocks of a run together, in requests.
    private static int Late(double times, int secondsEach)
    {
        var cycle = 60 + (60 / times);
        return times <= 1 ? 0 : (int)Math.Ceiling(SteadyLoad.Seconds / cycle * secondsEach * times * Limit / 60);
    }

    private static TheoryData<int, double> Of(double[] times)
    {
        var loads = new TheoryData<int, double>();
        foreach (var gateways in (int[])[1, 2, 4])
        {
            foreach (var each in times)
            {
                loads.Add(gateways, each);
            }
        }

        return loads;
    }
}
