namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>
/// The specification's table (SPEC section 2, intelligent selection) in the plainest words: four parts and their weights;
/// outcomes weigh half as much for each minute of their age, and nothing after five.
/// </summary>
internal static class ScoreReference
{
    public static double Of(ScoreCase one)
    {
        var own = one.Outcomes.Where(o => o.Streamed == one.Streamed && o.AgeMilliseconds <= 300_000).ToList();
        var other = one.Outcomes.Where(o => o.Streamed != one.Streamed && o.AgeMilliseconds <= 300_000).ToList();
        var ten = (own.Count > 0 ? own : other).TakeLast(10).ToList();
        var hundred = own.TakeLast(100).ToList();
        hundred = hundred.Count >= 10 ? hundred : [.. other.TakeLast(100)];

        return (0.4 * Performance(ten)) + (0.3 * Cost(one)) + (0.2 * Reliability(hundred))
            + (0.1 * Math.Max(0, 100 * (1 - ((double)one.InFlight / one.Capacity))));
    }

    private static double Performance(List<ScoreCase.Outcome> ten)
    {
        if (ten.Count == 0)
        {
            return 50;
        }

        var answers = ten.Where(o => !o.Failed).ToList();
        var speed = answers.Count == 0 ? 0 : Math.Max(0, 100 - (10 * Mean(answers)));
        return (speed + (100 * (1 - ErrorRate(ten)))) / 2;
    }

    private static double Reliability(List<ScoreCase.Outcome> hundred)
    {
        if (hundred.Count < 10)
        {
            return 50;
        }

        var answers = hundred.Where(o => !o.Failed).ToList();
        var steady = answers.Count < 2 ? 50 : Math.Max(0, 100 - (20 * Deviation(answers)));
        return ((100 * (1 - ErrorRate(hundred))) + steady) / 2;
    }

    private static double Cost(ScoreCase one)
    {
        if (one.Price is null)
        {
            return 50;
        }

        var dollars = Dollars(one, one.Price);
        if (!one.RelativeCost)
        {
            return Math.Max(0, 100 - (1000 * dollars));
        }

        var dearest = Math.Max(dollars, Dollars(one, one.RivalPrice));
        return dearest == 0 ? 100 : 100 - (100 * dollars / dearest);
    }

    // A chat without a limit is taken to be answered with 256 tokens.
    private static double Dollars(ScoreCase one, (decimal Input, decimal Output)? price) =>
        ((one.Prompt * (double)(price?.Input ?? 0)) + ((one.Output == 0 ? 256 : one.Output) * (double)(price?.Output ?? 0))) / 1e6;

    private static double ErrorRate(List<ScoreCase.Outcome> outcomes) => outcomes.Where(o => o.Failed).Sum(Weight) / outcomes.Sum(Weight);

    private static double Mean(List<ScoreCase.Outcome> answers) => answers.Sum(o => Weight(o) * Seconds(o)) / answers.Sum(Weight);

    private static double Deviation(List<ScoreCase.Outcome> answers)
    {
        var mean = Mean(answers);
        return Math.Sqrt(answers.Sum(o => Weight(o) * Math.Pow(Seconds(o) - mean, 2)) / answers.Sum(Weight));
    }

    private static double Weight(ScoreCase.Outcome outcome) => Math.Pow(0.5, outcome.AgeMilliseconds / 60_000.0);

    private static double Seconds(ScoreCase.Outcome outcome) => outcome.Ticks / (double)TimeSpan.TicksPerSecond;
}
