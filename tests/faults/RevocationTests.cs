using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Faults.Load;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>A key that is taken back is refused everywhere within a second, or the answer names who may still take it.</summary>
public sealed class RevocationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeyRevoked_WithFourGatewaysUnderLoad_IsRefusedEverywhere_OrTheLaggardIsNamed()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 2, gateways: 4);
        using var admin = cluster.Admin(cluster.Gateways[0]);
        var others = await cluster.CreateKeyAsync();
        var load = new OpenLoop([.. cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, others))], requestsPerSecond: 80, ClusterUnderTest.Model);
        var ended = new TaskCompletionSource();
        var running = load.RunAsync(ended.Task);
        var clients = cluster.Gateways.Select(gateway => TestHttp.Client(gateway.Data)).ToArray();

        for (var round = 0; round < 5; round++)
        {
            var (id, key) = await CreateAsync(admin, clients);
            var since = Stopwatch.StartNew();
            var reach = await RevokeAsync(admin, id);
            var answered = since.Elapsed;
            var statuses = await Task.WhenAll(clients.Select(client => AskAsync(client, key)));

            output.WriteLine($"revoked, answered in {answered.TotalMilliseconds:F0} ms, refused everywhere in {since.Elapsed.TotalMilliseconds:F0} ms");
            Assert.Equal((4, 0), ((int)reach["gateways"]!, reach["laggards"]!.AsArray().Count));
            Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
            Assert.True(since.Elapsed < Promise, $"It took {since.Elapsed}.");
        }

        var (last, kept) = await CreateAsync(admin, clients);
        Signal(cluster.Gateways[3], "STOP");
        try
        {
            var reach = await RevokeAsync(admin, last);

            output.WriteLine(reach.ToJsonString());
            var laggard = Assert.Single(reach["laggards"]!.AsArray());
            Assert.EndsWith($":{cluster.Gateways[3].Process.Id}", (string)laggard!["gateway"]!, StringComparison.Ordinal);
            Assert.All(await Task.WhenAll(clients[..3].Select(client => AskAsync(client, kept))), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        }
        finally
        {
            Signal(cluster.Gateways[3], "CONT");
        }

        await Wait.UntilAsync(async () => await AskAsync(clients[3], kept) == HttpStatusCode.Unauthorized, "the gateway that was stopped refuses it too", TimeSpan.FromSeconds(10));
        ended.SetResult();
        await running;
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    private static async Task<(string Id, string Key)> CreateAsync(HttpClient admin, HttpClient[] clients)
    {
        using var answer = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "to be revoked" }, Cancel);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body.ToJsonString());
        var key = (string)body["key"]!;
        Assert.All(await Task.WhenAll(clients.Select(client => AskAsync(client, key))), status => Assert.Equal(HttpStatusCode.OK, status));
        return ((string)body["publicId"]!, key);
    }

    private static async Task<JsonObject> RevokeAsync(HttpClient admin, string id)
    {
        using var answer = await admin.DeleteAsync($"/admin/v1/keys/{id}", Cancel);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToJsonString());
        return body["reach"]!.AsObject();
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Authorization", "Bearer " + key);
        using var answer = await client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private static void Signal(GatewayProcess gateway, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{gateway.Process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
