using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>Two silos, six gateways: the routing table serves the silos, and each silo its gateways.</summary>
public sealed class RelayTests(ITestOutputHelper output)
{
    private const int Silos = 2;
    private const int Gateways = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Gateways_OfTwoSilos_AreServedByRelays_AndByTheOtherOneWhenASiloDies()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(Silos, Gateways);
        var before = await CountsAsync(cluster.Silos);
        await Task.Delay(TimeSpan.FromSeconds(12), TimeProvider.System);
        var after = await CountsAsync(cluster.Silos);

        // Each gateway polls its relay at least each 3 s. A relay asks the table about as often as one of its three gateways
        // asks it: were the polls passed on one by one, as many would be sent as were answered.
        var (answered, asked) = (after.Answered - before.Answered, after.Asked - before.Asked);
        output.WriteLine($"12 s at rest: relays answered {answered} polls of {Gateways} gateways, and sent {asked} to the routing table");
        Assert.Equal(Gateways, after.Gateways);
        Assert.InRange(answered, 2 * Gateways, double.MaxValue);
        Assert.InRange(asked, 2 * Silos, answered * 2 / 3);

        await AssertAllHearOfAsync(cluster, "before-the-kill");
        await cluster.Silos[0].Process.KillAsync();
        await AssertAllHearOfAsync(cluster, "after-the-kill");
        await Wait.UntilAsync(
            async () => (await CountsAsync([cluster.Silos[1]])).Gateways == Gateways, "the relay left serves all gateways", Patience);
        foreach (var gateway in cluster.Gateways)
        {
            await Wait.UntilAsync(async () => await ValueAsync(gateway, "proxycluster_routing_snapshot_age_seconds") < 5, "the snapshot is young", Patience);
        }
    }

    private async Task AssertAllHearOfAsync(ClusterUnderTest cluster, string model)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync(() => cluster.TryAddProviderAsync("p-" + model, model), $"{model} is taken", Patience);
        foreach (var gateway in cluster.Gateways)
        {
            using var client = ClusterUnderTest.Client(gateway, cluster.AdminKey);
            await Wait.UntilAsync(async () => await ServesAsync(client, model), $"{gateway.Data} serves {model}", Patience);
        }

        await Wait.UntilAsync(() => AreAllCurrentAsync(cluster), "the table knows that all gateways have its version", Patience);
        output.WriteLine($"{model}: all gateways had it, and the table knew, after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
    }

    private static async Task<bool> ServesAsync(HttpClient client, string model)
    {
        using var answer = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "Hello" } } });
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static async Task<bool> AreAllCurrentAsync(ClusterUnderTest cluster)
    {
        using var admin = cluster.Admin(cluster.Gateways[0]);
        using var answer = await admin.GetAsync("/admin/v1/cluster");
        var gateways = (await answer.Content.ReadFromJsonAsync<JsonObject>())?["gateways"]?.AsArray() ?? [];
        return gateways.Count == Gateways && gateways.All(g => g!["current"]!.GetValue<bool>());
    }

    private static async Task<(double Answered, double Asked, double Gateways)> CountsAsync(IEnumerable<SiloProcess> silos)
    {
        var (answered, asked, gateways) = (0.0, 0.0, 0.0);
        foreach (var silo in silos)
        {
            answered += await ValueAsync(silo, "proxycluster_routing_relay_answered_total");
            asked += await ValueAsync(silo, "proxycluster_routing_relay_asked_total");
            gateways += await ValueAsync(silo, "proxycluster_routing_relay_gateways");
        }

        return (answered, asked, gateways);
    }

    private static Task<double> ValueAsync(ProgramUnderTest program, string metric) => Metrics.SumAsync(program.Ops, metric);
}
