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
        var lowest = double.MaxValue;
        for (var i = 0; i < Cases; i++)
        {
            var one = ScoreCase.Draw(random);
            var parts = Product(one);
            var expected = ScoreReference.Of(one);

            Assert.True(Math.Abs(parts.Total - expected) <= Tolerance, $"Case {i}: expected {expected:R}, actual {parts}.");
            lowest = Math.Min(lowest, expected);
        }

        Assert.InRange(lowest, 0, 10);
    }

    private static ScoreParts Product(ScoreCase one)
    {
        var (provider, rival) = (Provider("p", one.Price, one.Capacity), Provider("q", one.RivalPrice, 1));
        var history = new ProviderHistory();
        foreach (var outcome in one.Outcomes)
        {
            var ended = outcome.Failed ? AttemptOutcome.ServerError : AttemptOutcome.Succeeded;
            var report = new AttemptReport("m", ended, outcome.Streamed, TimeSpan.FromTicks(outcome.Ticks), default, outcome.AgeMilliseconds);
            history.Add(report, provider, Now);
        }

        history.Begin(Guid.Empty, 1, one.InFlight, Now);
        var index = RoutingIndex.Build(
            RoutingDefinitions.Empty with { Providers = [provider, rival] },
            new ScoreVector(SnapshotVersion.None, history.Scores(provider, Now)),
            ScoreWeights.Default,
            rules: new ScoreRules { RelativeCost = one.RelativeCost });
        var required = one.Streamed ? ModelCapabilities.Chat | ModelCapabilities.Streaming : ModelCapabilities.Chat;
        return ProviderPicker.Score(index.Resolve("m"), 0, new PickRequest(required, one.Prompt, one.Output), new Definitions.Idle());
    }

    private static ProviderDefinition Provider(string name, (decimal Input, decimal Output)? price, int capacity) => new()
    {
        Name = name,
        Type = "openai",
        MaxConcurrency = capacity,
        Models = [new ModelDefinition { Id = "m", InputCostPerMillion = price?.Input, OutputCostPerMillion = price?.Output }],
    };
}
