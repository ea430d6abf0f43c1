using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Faults.Load;

namespace ProxyCluster.Tests.Faults;

/// <summary>One key through two gateways: the limit is the cluster's, not each gateway's.</summary>
public sealed class LimitAccuracyTests(ITestOutputHelper output)
{
    private const int Limit = 1000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_WithSkewedLoadThatMoves_IsAdmittedAtMostItsLimitInAny60Seconds(bool block)
    {
        Tier.Drill();
        var limits = new JsonObject { ["RequestsPerMinute"] = Limit, ["RequestsPerHour"] = 0, ["Block"] = block };
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 3, gateways: 2, limits);
        var key = await cluster.CreateKeyAsync();
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, key)).ToArray();
        var load = new OpenLoop(clients, requestsPerSecond: 42, ClusterUnderTest.Model);

        // Demand is 2.5 times the limit; nine tenths of it move from one gateway to the other every 7 s.
        var started = TimeProvider.System.GetTimestamp();
        var running = load.RunAsync(
            Task.Delay(TimeSpan.FromSeconds(130), TimeProvider.System),
            () => (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds / 7) % 2 == 0 ? 0.9 : 0.1);
        await Task.Delay(TimeSpan.FromSeconds(33), TimeProvider.System);
        await cluster.Silos[1].Process.KillAsync();
        await running;

        var admitted = load.Sent.Where(sent => sent.Status == 200).Select(sent => sent.At).ToArray();
        var most = SlidingCount.Most(admitted, TimeSpan.FromSeconds(60));
        output.WriteLine($"Block {block}: {admitted.Length} of {load.Sent.Count} admitted in 130 s, at most {most} in any 60 s");
        Assert.All(load.Failures, sent => Assert.Equal(429, sent.Status));
        Assert.InRange(most, block ? 1 : 980, Limit);
    }
}
