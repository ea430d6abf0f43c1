using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing.Strategies;

/// <summary>Each strategy by worked examples.</summary>
public sealed class StrategyTests
{
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 1000, 500);

    [Theory]
    [InlineData(70, 90, 0.5, "b")] // 8 points of score apart
    [InlineData(70, 74, 0.24, "a")] // 1.6 points apart: weights 1 and 3 share
    [InlineData(70, 74, 0.26, "b")]
    [InlineData(70, 76, 0.0, "b")] // 2.4 points apart
    public void Intelligent_ByScoreThenWeight(double a, double b, double random, string expected) =>
        Assert.Equal(expected, Picked("intelligent", Index([Provider("a", "m"), Provider("b", "m") with { Weight = 3 }], [], Score("a", a), Score("b", b)), random));

    [Fact]
    public void RoundRobin_GoesRoundByName()
    {
        var index = Index(Provider("c", "m"), Provider("a", "m"), Provider("b", "m"));

        Assert.Equal(["a", "b", "c", "a", "b"], Enumerable.Range(0, 5).Select(_ => Picked("round_robin", index)));
    }

    [Fact]
    public void RoundRobin_OneCannotBeAsked_PassesItOverAndCostsNobodyATurn()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m"), Provider("c", "m")], [], Score("b", 50, ProviderStatus.Unhealthy));

        Assert.Equal(["a", "c", "a", "c"], Enumerable.Range(0, 4).Select(_ => Picked("round_robin", index)));
    }

    [Theory]
    [InlineData(5, 3, 4, "b")]
    [InlineData(3, 5, 3, "a")] // equal: priority 1 before 2
    [InlineData(0, 0, 0, "a")]
    public void LeastConnections_FewestInFlight(int a, int b, int c, string expected)
    {
        var index = Index(Provider("a", "m"), Provider("b", "m") with { Priority = 2 }, Provider("c", "m") with { Priority = 3 });

        Assert.Equal(expected, Picked("least_connections", index, inFlight: Counts(("a", a), ("b", b), ("c", c))));
    }

    [Fact]
    public void LeastConnections_ClusterKnowsMoreThanThisProcess_CountsTheLarger()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 50, inFlight: 9), Score("b", 50, inFlight: 2));

        Assert.Equal("b", Picked("least_connections", index, inFlight: Counts(("a", 0), ("b", 1))));
        Assert.Equal("a", Picked("least_connections", index, inFlight: Counts(("a", 0), ("b", 10))));
    }

    [Theory]
    [InlineData(0.0, "a")]
    [InlineData(0.19, "a")] // 1 of 5
    [InlineData(0.21, "b")] // 4 of 5
    [InlineData(0.999, "b")]
    public void WeightedRandom_ByWeight(double random, string expected)
    {
        var index = Index(Provider("a", "m"), Provider("b", "m") with { Weight = 4, Priority = 9 }, Provider("c", "m") with { Weight = 0 });

        Assert.Equal(expected, Picked("weighted_random", index, random));
    }

    [Theory]
    [InlineData(0.1, "a")]
    [InlineData(0.5, "b")]
    [InlineData(0.9, "c")]
    public void WeightedRandom_NobodyHasAWeight_SharesEvenly(double random, string expected) =>
        Assert.Equal(expected, Picked(
            "weighted_random",
            Index(Provider("a", "m") with { Weight = 0 }, Provider("b", "m") with { Weight = 0 }, Provider("c", "m") with { Weight = 0 }),
            random));

    [Fact]
    public void WeightedRandom_OnlyTheWeightlessIsLeft_TakesIt()
    {
        var index = Index([Provider("a", "m"), Provider("c", "m") with { Weight = 0 }], [], Score("a", 50, ProviderStatus.Unhealthy));

        Assert.Equal("c", Picked("weighted_random", index));
    }

    [Theory]
    [InlineData("eu-central", "paris")]
    [InlineData("us-west-2", "virginia")]
    [InlineData("ap-northeast-2", "tokyo")]
    [InlineData(null, "virginia")] // nobody knows where the client is: priority decides
    public void Geographic_TheNearest(string? client, string expected)
    {
        var index = Index(
            Provider("nowhere", "m") with { Priority = 4 },
            Provider("paris", "m") with { Region = "eu-west-3", Priority = 2 },
            Provider("tokyo", "m") with { Region = "ap-northeast-1", Priority = 3 },
            Provider("virginia", "m") with { Region = "us-east-1" });

        Assert.Equal(expected, Picked("geographic", index, request: Chat with { Client = RegionMap.WellKnown.Find(client) }));
    }

    [Fact]
    public void Geographic_TheNearestCannotBeAsked_TakesTheNext()
    {
        var index = Index(
            [Provider("paris", "m") with { Region = "eu-west-3" }, Provider("tokyo", "m") with { Region = "ap-northeast-1" }, Provider("nowhere", "m")],
            [],
            Score("paris", 50, ProviderStatus.Unhealthy));

        Assert.Equal("tokyo", Picked("geographic", index, request: Chat with { Client = RegionMap.WellKnown.Find("eu-west-3") }));
    }

    [Theory]
    [InlineData(1.0, 10.0, 200, 0, "a")] // 1 × (1 + 200 ÷ 256) < 10
    [InlineData(1.0, 1.5, 192, 0, "b")] // 1 × (1 + 192 ÷ 256) > 1.5
    [InlineData(1.0, 1.5, 64, 0, "a")] // 1 × (1 + 64 ÷ 256) < 1.5
    [InlineData(null, 10.0, 0, 0, "a")] // no data: tried once
    [InlineData(null, 10.0, 1, 0, "b")] // and held to be as fast as the other meanwhile
    [InlineData(null, 10.0, 1, 2, "a")]
    public void Latency_OfTwo_TheOneThatWillAnswerFirst(double? a, double? b, int inFlightA, int inFlightB, string expected)
    {
        var index = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 50) with { LatencySeconds = a }, Score("b", 50) with { LatencySeconds = b });
        var inFlight = Counts(("a", inFlightA), ("b", inFlightB));

        Assert.Equal([expected, expected], new[] { 0.1, 0.9 }.Select(random => Picked("latency", index, random, inFlight: inFlight)));
    }

    [Fact]
    public void Latency_OfAStream_GoesByTheFirstToken()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")],
            [],
            Score("a", 50) with { LatencySeconds = 9, FirstTokenSeconds = 0.2 },
            Score("b", 50) with { LatencySeconds = 3, FirstTokenSeconds = 1 });

        Assert.Equal("b", Picked("latency", index));
        Assert.Equal("a", Picked("latency", index, request: Chat with { Required = ModelCapabilities.Chat | ModelCapabilities.Streaming }));
    }

    [Fact]
    public void Latency_OfMany_DrawsEveryPairAlike()
    {
        // The slowest of four is in half of the pairs and wins none; the fastest wins all of its own.
        var index = Index(
            [Provider("a", "m"), Provider("b", "m"), Provider("c", "m"), Provider("d", "m")],
            [],
            [.. "abcd".Select((name, i) => Score($"{name}", 50) with { LatencySeconds = i + 1 })]);
        var counts = Enumerable.Range(0, 1200).GroupBy(i => Picked("latency", index, (i + 0.5) / 1200)).ToDictionary(g => g.Key!, g => g.Count());

        Assert.Equal(new Dictionary<string, int> { ["a"] = 600, ["b"] = 400, ["c"] = 200 }, counts);
    }

    [Theory]
    [InlineData(1000, 500, "even")] // dearIn: 10.5 ¢, dearOut: 15.1 ¢, even: 7.5 ¢ … in thousandths
    [InlineData(1000, 10, "dearOut")] // 10.01, 0.4, 5.05
    [InlineData(10, 2000, "dearIn")] // 2.1, 60.001, 10.05
    public void Cost_CheapestForTheRequest(int prompt, int output, string expected)
    {
        var index = Index(
            Priced("dearIn", 10, 1), Priced("dearOut", 0.1m, 30), Priced("even", 5, 5), Provider("unknown", "m"));

        Assert.Equal(expected, Picked("cost", index, request: new PickRequest(ModelCapabilities.Chat, prompt, output)));
    }

    [Fact]
    public void Cost_WithoutALimitOfTheClient_TakesAnAnswersLengthForGranted()
    {
        // 20 tokens at 0.1 and 256 at 30 against 20 at 10 and 256 at 1.
        var index = Index(Priced("dearIn", 10, 1), Priced("dearOut", 0.1m, 30));

        Assert.Equal("dearIn", Picked("cost", index, request: new PickRequest(ModelCapabilities.Chat, 20, 0)));
    }

    [Fact]
    public void Cost_NobodyHasAPrice_SharesByWeight() =>
        Assert.Equal(["a", "b"], new[] { 0.1, 0.9 }.Select(random => Picked("cost", Index(Provider("a", "m"), Provider("b", "m")), random)));

    [Fact]
    public void Priority_OfAModel_IsAChainByPriorityThenScore()
    {
        var index = Index(
            [Provider("a", "m") with { Priority = 2 }, Provider("b", "m"), Provider("c", "m")], [], Score("a", 100), Score("b", 10), Score("c", 40));

        Assert.Equal(["c", "b", "a"], Chain("priority", index, "m"));
    }

    [Fact]
    public void Priority_OfAnAlias_KeepsTheAliasesOrder()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")], [new AliasDefinition("x", ["b/m", "a/m"], false)], Score("a", 100), Score("b", 0));

        Assert.Equal(["b", "a"], Chain("priority", index, "x"));
        Assert.Equal(["a", "b"], Chain("intelligent", index, "x"));
    }

    [Fact]
    public void PrefixAffinity_SameConversation_StaysWhereItIs()
    {
        var index = Index(Provider("a", "m"), Provider("b", "m"), Provider("c", "m"));
        var chosen = Enumerable.Range(0, 300).Select(i => Prefixed(index, (ulong)i, 0.1)).ToList();

        Assert.Equal(chosen, Enumerable.Range(0, 300).Select(i => Prefixed(index, (ulong)i, 0.9)));
        Assert.All(chosen.GroupBy(name => name), group => Assert.InRange(group.Count(), 70, 130));
    }

    [Fact]
    public void PrefixAffinity_OneIsGone_MovesOnlyItsOwnConversations()
    {
        var all = Index(Provider("a", "m"), Provider("b", "m"), Provider("c", "m"));
        var fewer = Index(Provider("a", "m"), Provider("b", "m"), Provider("c", "m") with { Enabled = false });

        Assert.All(Enumerable.Range(0, 300), i =>
        {
            var before = Prefixed(all, (ulong)i);
            Assert.True(before == "c" || before == Prefixed(fewer, (ulong)i), $"Conversation {i} left {before}.");
        });
    }

    [Fact]
    public void PrefixAffinity_ItsProviderIsBusy_GoesElsewhereWhileTheBoundIsReached()
    {
        var index = Index(Provider("a", "m"), Provider("b", "m"));
        var home = Prefixed(index, 7)!;
        var other = home == "a" ? "b" : "a";

        // Bounds: 1.25 × (20 + 10 + 1) / 2 = 19.4, rounded up; 1.25 × (12 + 10 + 1) / 2 = 14.4.
        Assert.Equal(other, Prefixed(index, 7, inFlight: Counts((home, 20), (other, 10))));
        Assert.Equal(home, Prefixed(index, 7, inFlight: Counts((home, 12), (other, 10))));

        // With little to do nobody is sent away.
        Assert.Equal(home, Prefixed(index, 7, inFlight: Counts((home, PrefixAffinityStrategy.LeastBound - 1), (other, 0))));
        Assert.Equal(other, Prefixed(index, 7, inFlight: Counts((home, PrefixAffinityStrategy.LeastBound), (other, 0))));
    }

    [Fact]
    public void PrefixAffinity_NoConversation_GoesByScore() =>
        Assert.Equal("b", Picked("prefix_affinity", Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 10), Score("b", 90))));

    [Fact]
    public void BuiltIn_EveryName_FindsItsOwn()
    {
        Assert.Equal(
            ["intelligent", "round_robin", "least_connections", "weighted_random", "geographic", "latency", "cost", "priority", "prefix_affinity"],
            BuiltInStrategies.All.Select(strategy => strategy.Name));
        Assert.All(BuiltInStrategies.All, strategy => Assert.Same(strategy, BuiltInStrategies.Find(strategy.Name)));
        Assert.Null(BuiltInStrategies.Find("Intelligent"));
    }

    private static ProviderDefinition Priced(string name, decimal input, decimal output) =>
        Provider(name) with { Models = [new() { Id = "m", InputCostPerMillion = input, OutputCostPerMillion = output }] };

    private static Idle Counts(params (string Name, int Count)[] counts) =>
        new() { Counts = counts.ToImmutableDictionary(c => c.Name, c => c.Count) };

    private static string? Prefixed(RoutingIndex index, ulong prefix, double random = 0.5, IInFlightView? inFlight = null) =>
        Picked("prefix_affinity", index, random, Chat with { Prefix = prefix }, inFlight);

    private static string? Picked(string strategy, RoutingIndex index, double random = 0.5, PickRequest? request = null, IInFlightView? inFlight = null)
    {
        var set = index.Resolve("m");
        var picked = Pick(set, request ?? Chat, random, inFlight: inFlight, strategy: BuiltInStrategies.Find(strategy));
        return picked < 0 ? null : set[picked].Provider.Name;
    }

    private static List<string> Chain(string strategy, RoutingIndex index, string model)
    {
        var set = index.Resolve(model);
        var tried = new List<int>();
        while (Pick(set, Chat, tried: tried.ToArray(), strategy: BuiltInStrategies.Find(strategy)) is var next and >= 0)
        {
            tried.Add(next);
        }

        return [.. tried.Select(i => set[i].Provider.Name)];
    }
}
