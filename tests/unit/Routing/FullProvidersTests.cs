using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class FullProvidersTests
{
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 100, 100);

    [Theory]
    [InlineData(20, 110, "b")] // 2 and 1.1 times what they take
    [InlineData(10, 110, "a")] // 1 and 1.1 times
    [InlineData(20, 99, "b")] // only the first is full
    public void Pick_AllAreFull_TakesTheLeastFull(int inFlightA, int inFlightB, string expected)
    {
        var set = Index(
            [Provider("a", "m") with { MaxConcurrency = 10 }, Provider("b", "m") with { MaxConcurrency = 100 }],
            [],
            Score("a", 90, inFlight: inFlightA),
            Score("b", 10, inFlight: inFlightB)).Resolve("m");

        Assert.All(BuiltInStrategies.All, s => Assert.Equal(expected, set[Pick(set, Chat, strategy: s)].Provider.Name));
    }

    [Theory]
    [InlineData(10.0, 1.0, 1.0, "b")] // a has the fewest in flight, and takes ten times as long as the others
    [InlineData(3.1, 1.0, 1.0, "b")]
    [InlineData(3.0, 1.0, 1.0, "a")] // not more than three times
    [InlineData(1.9, 0.1, 0.1, "a")] // quick enough all the same
    [InlineData(10.0, 10.0, 1.0, "a")] // slower than 3 × 5.5: no
    [InlineData(10.0, null, null, "a")] // there is nothing to hold it against
    [InlineData(null, 1.0, 1.0, "a")]
    public void LeastConnections_OneFarSlowerThanTheOthers_ComesAfterThem(double? a, double? b, double? c, string expected)
    {
        var set = Index(
            [Provider("a", "m"), Provider("b", "m"), Provider("c", "m")],
            [],
            Score("a", 50, inFlight: 1) with { LatencySeconds = a },
            Score("b", 50, inFlight: 5) with { LatencySeconds = b },
            Score("c", 50, inFlight: 6) with { LatencySeconds = c }).Resolve("m");

        Assert.Equal(expected, set[Pick(set, Chat, strategy: LeastConnectionsStrategy.Instance)].Provider.Name);
    }
}
