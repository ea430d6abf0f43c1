using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Faults.Load;
using ProxyCluster.Tests.Support.Limits;

namespace ProxyCluster.Tests.Faults;

/// <summary>One key through several gateways: the limit is the cluster's, not each gateway's. What was admitted is told by the clients.</summary>
public sealed class LimitAccuracyTests(ITestOutputHelper output)
{
    private const int Limit = 1000;
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_WithSkewedLoadThatMoves_IsAdmittedAtMostItsLimitInAny60Seconds(bool block)
    {
        Tier.Drill();

        // Demand is 2.5 times the limit; nine tenths of it move from one gateway to the other every 7 s.
        var load = await RunAsync(new(Gateways: 2, Silos: 3, RequestsPerSecond: 42, block, Seconds: 130, Moves: true), KillASiloAsync);

        Assert.All(load.Failures, sent => Assert.Equal(429, sent.Status));
        Assert.InRange(Most(load), block ? 1 : 980, Limit);
        AssertUsed(load, block, ofHundred: block ? 90 : 95);
    }

    [Fact]
    public async Task Key_WithEightTimesItsLimitThroughTwoGateways_GetsAllOfItAndNotMore()
    {
        var load = await RunAsync(new(Gateways: 2, Silos: 1, RequestsPerSecond: 133, Block: false, Seconds: 66, Moves: true));

        Assert.All(load.Failures, sent => Assert.Equal(429, sent.Status));
        Assert.InRange(SlidingCount.MostCertain(load.Sent.Where(sent => sent.Status == 200), Minute), 900, Limit);

        // Of the second window there are six seconds alone; the drills hold whole ones to 98.
        AssertUsed(load, block: false, ofHundred: 90);
    }

    [Theory]
    [InlineData(1, 33, false)]
    [InlineData(2, 33, true)]
    [InlineData(4, 33, false)]
    [InlineData(1, 167, false)]
    [InlineData(2, 167, false)]
    [InlineData(4, 167, true)]
    public async Task Key_WithDemandOverItsLimit_GetsAllOfItAndNotMore(int gateways, int requestsPerSecond, bool moves)
    {
        Tier.Drill();

        var load = await RunAsync(new(gateways, Silos: 1, requestsPerSecond, Block: false, Seconds: 130, moves));

        Assert.All(load.Failures, sent => Assert.Equal(429, sent.Status));
        Assert.InRange(Most(load), 980, Limit);
        AssertUsed(load, block: false, ofHundred: 98);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Key_WithDemandOfNineTenthsOfItsLimit_IsHardlyEverRefused(int gateways)
    {
        Tier.Drill();

        var load = await RunAsync(new(gateways, Silos: 1, RequestsPerSecond: 15, Block: false, Seconds: 130, Moves: gateways > 1));

        var refused = load.Sent.Count(sent => sent.Status == 429);
        Assert.True(refused <= load.Sent.Count * 0.001, $"{refused} of {load.Sent.Count} refused");
        Assert.DoesNotContain(load.Sent, sent => sent.Status is not (200 or 429));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(2, true)]
    public async Task Key_WithBlocks_IsBlockedAsTheRuleSays(int gateways, bool redisIsAwayForTenSeconds)
    {
        Tier.Drill();

        var load = await RunAsync(
            new(gateways, Silos: 1, RequestsPerSecond: 33, Block: true, Seconds: 200, Moves: false),
            redisIsAwayForTenSeconds ? TakeRedisAwayAsync : null);

        Assert.True(AssertUsed(load, block: true, ofHundred: 98) >= Admitted(load).Length * 100 / 101, "more than the rule admits");
        Assert.InRange(Most(load), 1, Limit);
    }

    [Theory]
    [InlineData(2, 33)]
    [InlineData(2, 167)]
    [InlineData(4, 167)]
    public async Task Key_WhileRedisIsAwayForTenSeconds_IsAdmittedAtMostItsLimit(int gateways, int requestsPerSecond)
    {
        Tier.Drill();

        var load = await RunAsync(
            new(gateways, Silos: 2, requestsPerSecond, Block: false, Seconds: 130, Moves: false), TakeRedisAwayAsync);

        Assert.All(load.Failures, sent => Assert.Equal(429, sent.Status));
        Assert.InRange(Most(load), 900, Limit);
        AssertUsed(load, block: false, ofHundred: 90);
    }

    // Whichever silo has the key's limiter when it begins, it is among those killed.
    [Theory]
    [InlineData(2, 33)]
    [InlineData(2, 167)]
    [InlineData(4, 167)]
    public async Task Key_WhileEachSiloInTurnIsKilled_IsAdmittedAtMostItsLimit(int gateways, int requestsPerSecond)
    {
        Tier.Drill();

        var load = await RunAsync(new(gateways, Silos: 2, requestsPerSecond, Block: false, Seconds: 130, Moves: false), async cluster =>
        {
            foreach (var silo in cluster.Silos)
            {
                await Task.Delay(TimeSpan.FromSeconds(33), TimeProvider.System);
                await silo.Process.KillAsync();
                await silo.RestartAsync();
            }
        });

        Assert.All(load.Failures, sent => Assert.Equal(429, sent.Status));
        Assert.InRange(Most(load), 900, Limit);
        AssertUsed(load, block: false, ofHundred: 90);
    }

    /// <summary>Holds what was admitted to what one place that sees every request would admit of the same ones.</summary>
    /// <returns>What that place would admit.</returns>
    private int AssertUsed(OpenLoop load, bool block, int ofHundred)
    {
        var expected = new SpecRule(Limit, 0, block).Count(load.Sent.Select(static sent => sent.At));
        var admitted = Admitted(load).Length;
        output.WriteLine($"the rule admits {expected}, of which {100.0 * admitted / expected:F1} % were");
        Assert.True(admitted >= expected * ofHundred / 100, $"{admitted} were admitted where the rule admits {expected}");
        return expected;
    }

    private static async Task TakeRedisAwayAsync(ClusterUnderTest cluster)
    {
        await Task.Delay(TimeSpan.FromSeconds(35), TimeProvider.System);
        await cluster.Redis.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
        await cluster.Redis.RestartAsync();
    }

    private static async Task KillASiloAsync(ClusterUnderTest cluster)
    {
        await Task.Delay(TimeSpan.FromSeconds(33), TimeProvider.System);
        await cluster.Silos[1].Process.KillAsync();
    }

    private async Task<OpenLoop> RunAsync(Drill drill, Func<ClusterUnderTest, Task>? meanwhile = null)
    {
        var limits = new JsonObject { ["RequestsPerMinute"] = Limit, ["RequestsPerHour"] = 0, ["Block"] = drill.Block };
        await using var cluster = await ClusterUnderTest.StartAsync(drill.Silos, drill.Gateways, limits);
        var key = await cluster.CreateKeyAsync();
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, key)).ToArray();
        var load = new OpenLoop(clients, drill.RequestsPerSecond, ClusterUnderTest.Model);

        var started = TimeProvider.System.GetTimestamp();
        var running = load.RunAsync(
            Task.Delay(TimeSpan.FromSeconds(drill.Seconds), TimeProvider.System),
            drill.Moves ? () => (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds / 7) % 2 == 0 ? 0.9 : 0.1 : null);
        await (meanwhile?.Invoke(cluster) ?? Task.CompletedTask);
        await running;
        output.WriteLine($"{drill}: {Admitted(load).Length} of {load.Sent.Count} admitted, at most {Most(load)} in any 60 s");
        return load;
    }

    private static DateTimeOffset[] Admitted(OpenLoop load) => [.. load.Sent.Where(sent => sent.Status == 200).Select(sent => sent.At)];

    private static int Most(OpenLoop load) => SlidingCount.Most(Admitted(load), Minute);

    private sealed record Drill(int Gateways, int Silos, int RequestsPerSecond, bool Block, int Seconds, bool Moves);
}
