using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class ExplorationTests
{
    private const int Draws = 100_000;
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 100, 100);

    public static TheoryData<string, ProviderScore> NotExplored => new()
    {
        { "open circuit", Loser with { Circuit = CircuitState.Open } },
        { "half-open circuit", Loser with { Circuit = CircuitState.HalfOpen } },
        { "resting model", Loser with { RestsUntil = Now.AddSeconds(1) } },
        { "unhealthy", Loser with { Status = ProviderStatus.Unhealthy } },
        { "full", Loser with { InFlight = 256 } },
        { "coming back", Loser with { Share = 0.0000001 } },
    };

    private static ProviderScore Winner => Score("a", 100) with { Evidence = 100 };

    private static ProviderScore Loser => Score("b", 10);

    [Theory]
    [InlineData(0, 1000)] // 1 % × 1 ÷ 1.01: a newcomer gets nearly all of it
    [InlineData(10, 1000)]
    [InlineData(20, 250)] // 1 % × (10 ÷ 20)²
    [InlineData(100, 10)]
    public void Pick_OneOfAHundred_GoesToThoseOfWhichLittleIsKnown(int evidence, int expected)
    {
        var explored = Explored(0.01, Winner, Loser with { Evidence = evidence });

        Assert.InRange(explored, expected * 0.98, expected * 1.02);
    }

    [Fact]
    public void Pick_TwoNewcomers_ShareTheHundredth()
    {
        var index = Index(0.01, Winner, Loser, Loser with { Provider = "c" });
        var counts = Sweep(index).CountBy(name => name).ToDictionary();

        Assert.InRange(counts["b"], 490, 510);
        Assert.InRange(counts["c"], 490, 510);
    }

    [Theory]
    [MemberData(nameof(NotExplored))]
    public void Pick_WhoMayNotBeAskedLikeTheOthers_IsNotExplored(string reason, ProviderScore score) =>
        Assert.True(Explored(0.5, Winner, score) == 0, reason);

    [Fact]
    public void Pick_AfterAFailure_GoesToTheBest()
    {
        var set = Index(0.5, Winner, Loser, Score("c", 90) with { Evidence = 100 }).Resolve("m");

        Assert.Equal(2, Pick(set, Chat, random: 0.001, tried: [0]));
    }

    [Theory]
    [InlineData("cost")]
    [InlineData("weighted_random")]
    [InlineData("priority")]
    public void Pick_ByAStrategyThatLearnsNothing_IsNotDisturbed(string strategy)
    {
        var chosen = BuiltInStrategies.Find(strategy)!;
        var (with, without) = (Index(0.5, Winner, Loser).Resolve("m"), Index(0, Winner, Loser).Resolve("m"));

        Assert.All(Enumerable.Range(0, 100), i =>
            Assert.Equal(Pick(without, Chat, i / 100.0, strategy: chosen), Pick(with, Chat, i / 100.0, strategy: chosen)));
    }

    [Theory]
    [InlineData(0.001, "b", true)]
    [InlineData(0.5, "a", false)]
    public void Pick_ThatExplores_SaysSo(double random, string expected, bool explores)
    {
        var set = Index(0.01, Winner, Loser).Resolve("m");
        var moment = new PickMoment(new Idle(), random, Now);

        Assert.Equal(expected, set[ProviderPicker.Pick(set, Chat, IntelligentStrategy.Instance, moment, out var picked)].Provider.Name);
        Assert.Equal((explores, explores), (picked, ProviderPicker.Explain(set, Chat, IntelligentStrategy.Instance, moment).Explores));
    }

    [Fact]
    public void Chances_AreTheSharesOfAllDraws_ExplorationIncluded()
    {
        var set = Index(0.1, Winner, Loser).Resolve("m");

        Assert.Equal([0.9, 0.1], ProviderPicker.Chances(set, Chat, IntelligentStrategy.Instance, new PickMoment(new Idle(), 0.99, Now)));
        Assert.Equal([0.0, 0.0], ProviderPicker.Chances(set, Chat with { OnlyProvider = "x" }, IntelligentStrategy.Instance, new PickMoment(new Idle(), 0.5, Now)));
    }

    [Fact]
    public void Pick_WithoutExploration_NeverAsksTheLoser() => Assert.Equal(0, Explored(0, Winner, Loser));

    [Fact]
    public void Pick_TheRestOfTheRequests_SharesByWeightAsBefore()
    {
        var index = Index(0.1, Winner, Winner with { Provider = "c" }, Loser);
        var counts = Sweep(index).CountBy(name => name).ToDictionary();

        // 9 of 10 do not explore, and two equals share them; they get 1 % of exploration each.
        Assert.InRange(counts["a"], 45_000, 45_200);
        Assert.InRange(counts["c"], 45_000, 45_200);
    }

    [Fact]
    public void Pick_TheLargestRandomNumber_GoesToTheBest() =>
        Assert.Equal(0, Pick(Index(0.5, Winner, Loser).Resolve("m"), Chat, Math.BitDecrement(1.0)));

    private static int Explored(double share, params ProviderScore[] scores) => Sweep(Index(share, scores)).Count(name => name == "b");

    private static IEnumerable<string> Sweep(RoutingIndex index)
    {
        var set = index.Resolve("m");
        for (var i = 0; i < Draws; i++)
        {
            yield return set[Pick(set, Chat, (i + 0.5) / Draws)].Provider.Name;
        }
    }

    private static RoutingIndex Index(double share, params ProviderScore[] scores) => RoutingIndex.Build(
        RoutingDefinitions.Empty with { Providers = [.. scores.Select(s => Provider(s.Provider, "m"))] },
        new ScoreVector(SnapshotVersion.None, [.. scores]),
        ScoreWeights.Default,
        rules: new ScoreRules { ExplorationShare = share });
}
