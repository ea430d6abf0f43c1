using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class ScoreRulesTests
{
    [Theory]
    [InlineData(1000, 100, 75, 50, 0)] // 0.5, 1 and 2 cents: shares of the dearest
    [InlineData(100_000, 10_000, 75, 50, 0)] // the size of a request does not matter
    [InlineData(1000, 0, 75, 50, 0)] // without a limit an answer of 256 tokens
    public void Score_RelativeCost_IsHeldAgainstTheDearest(int prompt, int output, double cheap, double middle, double dear)
    {
        var set = Index(Priced("cheap", 2.5m), Priced("middle", 5), Priced("dear", 10)).Resolve("m");

        Assert.Equal([cheap, middle, dear], Costs(set, prompt, output));
    }

    [Fact]
    public void Score_RelativeCost_WithoutAPriceIsHalf() =>
        Assert.Equal([0, 50, 100], Costs(Index(Priced("dear", 10), Provider("unknown", "m"), Priced("free", 0)).Resolve("m"), 1000, 100));

    [Fact]
    public void Score_RelativeCost_WhereEverybodyIsFree_IsFull() =>
        Assert.Equal([100, 100], Costs(Index(Priced("one", 0), Priced("other", 0)).Resolve("m"), 1000, 100));

    [Fact]
    public void Explain_RelativeCost_TellsTheSameParts()
    {
        var set = Index(Priced("cheap", 2.5m), Priced("dear", 10)).Resolve("m");
        var request = new PickRequest(ModelCapabilities.Chat, 1000, 100);
        var explained = ProviderPicker.Explain(set, request, Core.Routing.Strategies.IntelligentStrategy.Instance, new PickMoment(new Idle(), 0.5, Now));

        Assert.Equal([75.0, 0.0], explained.Candidates.Select(c => c.Score!.Value.Cost));
    }

    [Fact]
    public void From_Options_TakesPercentAsAShare()
    {
        Assert.Equal(new ScoreRules { ExplorationShare = 0.01 }, ScoreRules.From(new RoutingOptions()));
        Assert.Equal(
            new ScoreRules { ExplorationShare = 0.025, RelativeCost = true },
            ScoreRules.From(new RoutingOptions { ExplorationPercent = 2.5, RelativeCost = true }));
    }

    private static IEnumerable<double> Costs(CandidateSet set, int prompt, int output) =>
        [.. Enumerable.Range(0, set.Count).Select(i => ProviderPicker.Score(set, i, new PickRequest(ModelCapabilities.Chat, prompt, output), new Idle()).Cost)];

    private static ProviderDefinition Priced(string name, decimal perMillion) => Provider(name) with
    {
        Models = [new ModelDefinition { Id = "m", InputCostPerMillion = perMillion, OutputCostPerMillion = perMillion * 4 }],
    };

    private static RoutingIndex Index(params ProviderDefinition[] providers) => RoutingIndex.Build(
        RoutingDefinitions.Empty with { Providers = [.. providers] },
        ScoreVector.Empty,
        ScoreWeights.Default,
        rules: new ScoreRules { RelativeCost = true });
}
