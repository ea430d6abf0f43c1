using System.Net;
using System.Net.Http.Json;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Faults.Load;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Faults;

/// <summary>What clients see when the control plane is hurt. Promise: nothing (docs/guarantees.md).</summary>
public sealed class SiloFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task SiloKilled_UnderLoad_NoRequestFails()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 3, gateways: 2);
        var load = await LoadAsync(cluster, requestsPerSecond: 100);

        var running = load.RunAsync(After(TimeSpan.FromSeconds(8)));
        await After(TimeSpan.FromSeconds(2));
        await cluster.Silos[1].Process.KillAsync();
        var moved = await TimeUntilChangeIsSeenAsync(cluster, "added-after-the-kill");
        await running;

        await ReportAsync(cluster, load, moved);
        Assert.Empty(load.Failures.Select(sent => sent.Fault));
    }

    [Fact]
    public async Task AllSilosKilled_UnderLoad_RequestsGoOn()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 2, gateways: 2);
        var load = await LoadAsync(cluster, requestsPerSecond: 50);

        var running = load.RunAsync(After(TimeSpan.FromSeconds(8)));
        await After(TimeSpan.FromSeconds(2));
        await Task.WhenAll(cluster.Silos.Select(silo => silo.Process.KillAsync()));
        await running;

        await ReportAsync(cluster, load, null);
        Assert.Empty(load.Failures.Select(sent => sent.Fault));

        using var admin = cluster.Admin(cluster.Gateways[0]);
        using var change = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "late", roles = new[] { "user" } });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, change.StatusCode);
    }

    [Fact]
    public async Task RedisRestarted_UnderLoad_NoRequestFails()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 2, gateways: 2);
        var load = await LoadAsync(cluster, requestsPerSecond: 50);

        var running = load.RunAsync(After(TimeSpan.FromSeconds(10)));
        await After(TimeSpan.FromSeconds(2));
        await cluster.Redis.KillAsync();
        await After(TimeSpan.FromSeconds(3));
        await cluster.Redis.RestartAsync();
        var moved = await TimeUntilChangeIsSeenAsync(cluster, "added-after-redis");
        await running;

        await ReportAsync(cluster, load, moved);
        Assert.Empty(load.Failures.Select(sent => sent.Fault));
    }

    [Fact]
    public async Task ThreeKillsAndRedisRestart_At300RequestsPerSecond_NoRequestFails()
    {
        Tier.Drill();
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 3, gateways: 2);
        var load = await LoadAsync(cluster, requestsPerSecond: 300);

        var running = load.RunAsync(After(TimeSpan.FromSeconds(75)));
        for (var i = 0; i < 3; i++)
        {
            await After(TimeSpan.FromSeconds(5));
            await cluster.Silos[i].Process.KillAsync();
            var moved = await TimeUntilChangeIsSeenAsync(cluster, $"added-after-kill-{i}");
            output.WriteLine($"kill {i + 1}: a change was seen by both gateways {moved.TotalSeconds:F1} s after it was asked for");
            await cluster.Silos[i].RestartAsync();
        }

        await cluster.Redis.StopAsync();
        await After(TimeSpan.FromSeconds(3));
        await cluster.Redis.RestartAsync();
        var movedAfterRedis = await TimeUntilChangeIsSeenAsync(cluster, "added-after-redis");
        await running;

        await ReportAsync(cluster, load, movedAfterRedis);
        Assert.Empty(load.Failures.Select(sent => sent.Fault));
    }

    private static async Task<OpenLoop> LoadAsync(ClusterUnderTest cluster, int requestsPerSecond)
    {
        var key = await cluster.CreateKeyAsync();
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, key)).ToArray();
        foreach (var client in clients)
        {
            // The key and the first lease are known before the fault: what is measured is the fault.
            using var first = await client.PostAsJsonAsync("/v1/chat/completions", Chat(ClusterUnderTest.Model));
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        return new OpenLoop(clients, requestsPerSecond, ClusterUnderTest.Model);
    }

    /// <summary>Asks for a change until it is taken, and waits until both gateways serve it.</summary>
    private static async Task<TimeSpan> TimeUntilChangeIsSeenAsync(ClusterUnderTest cluster, string model)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync(() => cluster.TryAddProviderAsync("p-" + model, model), $"{model} is taken", Patience);
        foreach (var gateway in cluster.Gateways)
        {
            using var client = ClusterUnderTest.Client(gateway, cluster.AdminKey);
            await Wait.UntilAsync(
                async () =>
                {
                    using var answer = await client.PostAsJsonAsync("/v1/chat/completions", Chat(model));
                    return answer.StatusCode == HttpStatusCode.OK;
                },
                $"{gateway.Data} serves {model}",
                Patience);
        }

        return TimeProvider.System.GetElapsedTime(started);
    }

    private async Task ReportAsync(ClusterUnderTest cluster, OpenLoop load, TimeSpan? moved)
    {
        var (requests, answered) = await cluster.Upstream.CountsAsync();
        var slowest = load.Sent.Max(sent => sent.Took);
        output.WriteLine($"sent {load.Sent.Count}, failed {load.Failures.Count()}, slowest {slowest.TotalMilliseconds:F0} ms");
        output.WriteLine($"the upstream saw {requests} and answered {answered}");
        if (moved is { } time)
        {
            output.WriteLine($"a change was seen by both gateways {time.TotalSeconds:F1} s after it was asked for");
        }
    }

    private static object Chat(string model) => new { model, messages = new[] { new { role = "user", content = "Hello" } } };

    private static Task After(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
