using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class ProviderPickerTests
{
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 100, 100);

    [Fact]
    public void Pick_ClearlyBest_TakesIt() =>
        Assert.Equal("b", Picked(Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 50), Score("b", 90))));

    [Fact]
    public void Pick_WithinTwoPoints_PriorityDecides()
    {
        // 4 points of performance are 1.6 points of score.
        var index = Index([Provider("a", "m") with { Priority = 2 }, Provider("b", "m")], [], Score("a", 84), Score("b", 80));

        Assert.Equal("b", Picked(index, random: 0.999));
    }

    [Fact]
    public void Pick_BeyondTwoPoints_PriorityDoesNotDecide()
    {
        var index = Index([Provider("a", "m") with { Priority = 2 }, Provider("b", "m")], [], Score("a", 86), Score("b", 80));

        Assert.Equal("a", Picked(index));
    }

    [Fact]
    public void Pick_EqualsOfOnePriority_ShareByWeight()
    {
        var index = Index(Provider("a", "m") with { Weight = 3 }, Provider("b", "m"), Provider("c", "m") with { Priority = 2, Weight = 100 });
        var counts = Enumerable.Range(0, 1000).GroupBy(i => Picked(index, i / 1000.0)!).ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal(new Dictionary<string, int> { ["a"] = 750, ["b"] = 250 }, counts);
    }

    [Fact]
    public void Pick_Fallback_GoesFromBestToWorstAndEnds()
    {
        var index = Index([Provider("a", "m"), Provider("b", "m"), Provider("c", "m")], [], Score("a", 50), Score("b", 90), Score("c", 70));
        var set = index.Resolve("m");
        var tried = new List<int>();
        while (Pick(set, Chat, tried: tried.ToArray()) is var next and >= 0)
        {
            tried.Add(next);
        }

        Assert.Equal(["b", "c", "a"], tried.Select(i => set[i].Provider.Name));
    }

    [Fact]
    public void Pick_MissingCapability_IsNeverSent()
    {
        var blind = Provider("a") with { Models = [new() { Id = "m", Capabilities = ModelCapabilities.Chat }] };
        var index = Index([blind, Provider("b", "m")], [], Score("a", 100), Score("b", 10));

        Assert.Equal("b", Picked(index, request: new(ModelCapabilities.Chat | ModelCapabilities.Vision, 0, 0)));
        Assert.Null(Picked(Index(blind), request: new(ModelCapabilities.Chat | ModelCapabilities.Tools, 0, 0)));
    }

    [Fact]
    public void Pick_Unhealthy_ComesLastButIsNotEjected()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")], [], Score("a", 100, ProviderStatus.Unhealthy), Score("b", 0));

        Assert.Equal("b", Picked(index));
        Assert.Equal("a", Picked(index, tried: [1]));
    }

    [Fact]
    public void Pick_AtItsConcurrency_GivesWayToOneWithRoom()
    {
        var index = Index([Provider("a", "m") with { MaxConcurrency = 2 }, Provider("b", "m")], [], Score("a", 100), Score("b", 0));
        var busy = new Idle { Counts = ImmutableDictionary<string, int>.Empty.Add("a", 2) };

        Assert.Equal("a", Picked(index));
        Assert.Equal("b", Picked(index, inFlight: busy));
    }

    [Fact]
    public void Pick_OrderedAlias_KeepsItsOrderWhateverTheScores()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")], [new AliasDefinition("chain", ["b/m", "a/m"], Ordered: true)], Score("a", 100), Score("b", 0));

        Assert.Equal("b", Picked(index, model: "chain"));
    }

    [Fact]
    public void Pick_OrderedAliasWithAnUnhealthyFirst_TakesTheNext()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")],
            [new AliasDefinition("chain", ["b/m", "a/m"], Ordered: true)],
            Score("b", 0, ProviderStatus.Unhealthy));

        Assert.Equal("a", Picked(index, model: "chain"));
    }

    [Fact]
    public void Pick_ContextTooShort_TakesOneThatFitsElseTrustsNoEstimate()
    {
        var small = Provider("a") with { Models = [new() { Id = "m", ContextLengthTokens = 150 }] };
        var index = Index([small, Provider("b", "m")], [], Score("a", 100), Score("b", 0));

        Assert.Equal("b", Picked(index));
        Assert.Equal("a", Picked(Index(small)));
    }

    [Fact]
    public void Pick_Stream_CountsTheScoresOfStreams()
    {
        var index = Index(
            [Provider("a", "m"), Provider("b", "m")], [], Score("a", 90) with { StreamedPerformance = 10 }, Score("b", 50));

        Assert.Equal("a", Picked(index));
        Assert.Equal("b", Picked(index, request: new(ModelCapabilities.Chat | ModelCapabilities.Streaming, 0, 0)));
    }

    [Fact]
    public void Pick_UnknownModel_FindsNobody() => Assert.Null(Picked(Index(Provider("a", "m")), model: "other"));

    [Fact]
    public void Pick_ManyTimes_AllocatesNothing()
    {
        var index = Index([.. Enumerable.Range(0, 300).Select(i => Provider($"p{i}", "m", "x-*"))]);
        Measure(index, 100);

        Assert.Equal(0, Measure(index, 1000));
    }

    private static long Measure(RoutingIndex index, int times)
    {
        Span<int> tried = [3, 5];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            var set = index.Resolve(i % 2 == 0 ? "m" : "x-remembered");
            _ = Pick(set, Chat, 0.5, tried);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string? Picked(
        RoutingIndex index, double random = 0.5, PickRequest? request = null, string model = "m", int[]? tried = null, IInFlightView? inFlight = null)
    {
        var set = index.Resolve(model);
        var picked = Pick(set, request ?? Chat, random, tried ?? [], inFlight);
        return picked < 0 ? null : set[picked].Provider.Name;
    }
}
