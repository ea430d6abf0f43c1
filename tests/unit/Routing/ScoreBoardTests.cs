using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Grains.Routing;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>Which news of a provider cannot wait for the next vector.</summary>
public sealed class ScoreBoardTests
{
    private static readonly ProviderScore[] Before = [Of("m"), Of("n") with { Circuit = CircuitState.Open }, Of("o") with { RestsUntil = Now }];

    [Fact]
    public void Take_TheSameInAnyOrderOrWithFewerModels_IsNoTurn()
    {
        Assert.False(Takes(Before));
        Assert.False(Takes([.. Before.Reverse()]));
        Assert.False(Takes(Before[1..]));
    }

    [Fact]
    public void Take_ACircuitThatChangesOrARestThatBegins_IsATurn()
    {
        Assert.True(Takes([Of("n"), Of("m")]));
        Assert.True(Takes([Of("o"), Of("m") with { RestsUntil = Now }]));
        Assert.True(Takes([.. Before, Of("new") with { Circuit = CircuitState.Open }]));
    }

    [Fact]
    public void Take_ALongerRest_IsNoTurn() => Assert.False(Takes([Of("o") with { RestsUntil = Now.AddHours(1) }]));

    private static bool Takes(ProviderScore[] scores)
    {
        var board = new ScoreBoard();
        board.Take(new ProviderScores("a", [.. Before]));
        return board.Take(new ProviderScores("a", [.. scores]));
    }

    private static ProviderScore Of(string model) => Score("a", 50) with { Model = model };
}
