using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>The score against a plain reference, written from the specification's table and nothing else.</summary>
public sealed class ScoreReferenceTests
{
    private const int Cases = 100_000;
    private const double Tolerance = 1e-9;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Score_OverRandomCases_EqualsTheReference()
    {
        var random = new Random(20260101);
        for (var i = 0; i < Cases; i++)
        {
            var outcomes = Outcomes(random);
            var input = random.Next(4) == 0 ? (decimal?)null : (decimal)(random.NextDouble() * 100);
            var output = input is null ? null : (decimal?)(random.NextDouble() * 300);
            var (prompt, answer) = (random.Next(20_000), random.Next(5_000));
            var (inFlight, capacity) = (random.Next(300), random.Next(1, 256));

            var parts = Product(outcomes, input, output, prompt, answer, inFlight, capacity);
            var expected = Reference(outcomes, input, output, prompt, answer, inFlight, capacity);

            Assert.True(Math.Abs(parts.Total - expected) <= Tolerance, $"Case {i}: expected {expected:R}, actual {parts}.");
        }
    }

    private static List<(bool Failed, double Seconds)> Outcomes(Random random)
    {
        var spread = random.NextDouble() * 20;
        var failing = random.NextDouble() * random.NextDouble();
        return [.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(12) : random.Next(130))
            .Select(_ => (random.NextDouble() < failing, Math.Round(random.NextDouble() * spread, 7)))];
    }

    private static ScoreParts Product(
        List<(bool Failed, double Seconds)> outcomes, decimal? input, decimal? output, int prompt, int answer, int inFlight, int capacity)
    {
        var model = new ModelDefinition { Id = "m", InputCostPerMillion = input, OutputCostPerMillion = output };
        var provider = new ProviderDefinition { Name = "p", Type = "openai", Models = [model], MaxConcurrency = capacity };
        var history = new ModelHistory();
        foreach (var (failed, seconds) in outcomes)
        {
            var outcome = failed ? AttemptOutcome.ServerError : AttemptOutcome.Succeeded;
            history.Add(new AttemptReport("m", outcome, Streamed: false, TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)), default, 0), Now);
        }

        var score = history.Score(Now);
        var index = Definitions.Index(
            [provider], [], new ProviderScore("p", "m", score.Performance, score.Reliability, inFlight, ProviderStatus.Healthy));
        return ProviderPicker.Score(
            index.Resolve("m"), 0, new PickRequest(ModelCapabilities.Chat, prompt, answer), new Definitions.Idle());
    }

    private static double Reference(
        List<(bool Failed, double Seconds)> outcomes, decimal? input, decimal? output, int prompt, int answer, int inFlight, int capacity)
    {
        var ten = outcomes.TakeLast(10).ToList();
        var performance = 50.0;
        if (ten.Count > 0)
        {
            var latencies = ten.Where(o => !o.Failed).Select(o => o.Seconds).ToList();
            var speed = latencies.Count == 0 ? 0 : Math.Max(0, 100 - (10 * latencies.Average()));
            performance = (speed + (100 * (1 - ((double)ten.Count(o => o.Failed) / ten.Count)))) / 2;
        }

        var hundred = outcomes.TakeLast(100).ToList();
        var reliability = 50.0;
        if (hundred.Count >= 10)
        {
            var latencies = hundred.Where(o => !o.Failed).Select(o => o.Seconds).ToList();
            var mean = latencies.Count == 0 ? 0 : latencies.Average();
            var deviation = Math.Sqrt(latencies.Sum(l => Math.Pow(l - mean, 2)) / Math.Max(1, latencies.Count));
            var steady = latencies.Count < 2 ? 50 : Math.Max(0, 100 - (20 * deviation));
            reliability = ((100.0 * hundred.Count(o => !o.Failed) / hundred.Count) + steady) / 2;
        }

        var tokens = prompt + answer;
        var cost = 50.0;
        if (input is not null)
        {
            var mean = tokens == 0 ? 0 : (((double)input / 1e6 * prompt) + ((double)output! / 1e6 * answer)) / tokens;
            cost = Math.Max(0, 100 - (1000 * tokens * mean));
        }

        var load = Math.Max(0, 100 * (1 - ((double)inFlight / capacity)));
        return (0.4 * performance) + (0.3 * cost) + (0.2 * reliability) + (0.1 * load);
    }
}
