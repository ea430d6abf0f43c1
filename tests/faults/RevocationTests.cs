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

    private const int RequestsPerSecond = 80;

    // Seven processes that have just started on one machine still compile what the load runs through: until five seconds of it in a row were answered quickly.
    private const int SteadyRequests = 5 * RequestsPerSecond;
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceToBeSteady = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeyRevoked_WithFourGatewaysUnderLoad_IsRefusedEverywhere_OrTheLaggardIsNamed()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 2, gateways: 4);
        using var admin = cluster.Admin(cluster.Gateways[0]);
        var others = await cluster.CreateKeyAsync();
        var load = new OpenLoop([.. cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, others))], requestsPerSecond: RequestsPerSecond, ClusterUnderTest.Model);
        var ended = new TaskCompletionSource();
        var running = load.RunAsync(ended.Task);
        var clients = cluster.Gateways.Select(gateway => TestHttp.Client(gateway.Data)).ToArray();
        await Wait.UntilAsync(() => Task.FromResult(!Tier.IsLong || IsSteady(load)), "the load is steady", PatienceToBeSteady);

        for (var round = 0; round < 5; round++)
        {
            var (id, key) = await CreateAsync(admin, clients);
            var since = Stopwatch.StartNew();
            var reach = await RevokeAsync(admin, id);
            var answered = since.Elapsed;
            var statuses = await Task.WhenAll(clients.Select(client => AskAsync(client, key)));
            var refused = since.Elapsed;

            output.WriteLine($"revoked, answered in {answered.TotalMilliseconds:F0} ms, asked everywhere in {refused.TotalMilliseconds:F0} ms: {reach.ToJsonString()}");
            Assert.Equal(4, (int)reach["gateways"]!);
            for (var i = 0; i < clients.Length; i++)
            {
                Assert.True(statuses[i] == HttpStatusCode.Unauthorized || IsNamed(reach, cluster.Gateways[i]), $"Gateway {i} answers {statuses[i]}: {reach.ToJsonString()}");
            }

            // A machine that runs other tests as well may stop a process for longer than the promise; a drill has it for itself.
            Assert.True(!Tier.IsLong || refused < Promise, $"It took {refused}.");
            await RefusedEverywhereAsync(clients, key);
        }

        var (last, kept) = await CreateAsync(admin, clients);
        Signal(cluster.Gateways[3], "STOP");
        try
        {
            var reach = await RevokeAsync(admin, last);

            output.WriteLine(reach.ToJsonString());
            Assert.True(IsNamed(reach, cluster.Gateways[3]), reach.ToJsonString());
            await RefusedEverywhereAsync(clients[..3], kept);
        }
        finally
        {
            Signal(cluster.Gateways[3], "CONT");
        }

        await RefusedEverywhereAsync(clients, kept);
        ended.SetResult();
        await running;
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    private static bool IsSteady(OpenLoop load)
    {
        var latest = load.Sent.OrderByDescending(static sent => sent.EndedAt).Take(SteadyRequests).ToArray();
        return latest.Length == SteadyRequests && latest.All(static sent => sent.Fault is null && sent.Took < Quick);
    }

    private static async Task<(string Id, string Key)> CreateAsync(HttpClient admin, HttpClient[] clients)
    {
        using var answer = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "to be revoked" }, Cancel);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body.ToJsonString());
        var key = (string)body["key"]!;
        await AllAnswerAsync(clients, key, HttpStatusCode.OK);
        return ((string)body["publicId"]!, key);
    }

    private static async Task<JsonObject> RevokeAsync(HttpClient admin, string id)
    {
        using var answer = await admin.DeleteAsync($"/admin/v1/keys/{id}", Cancel);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToJsonString());
        return body["reach"]!.AsObject();
    }

    private static bool IsNamed(JsonObject reach, GatewayProcess gateway) =>
        reach["laggards"]!.AsArray().Any(laggard => ((string)laggard!["gateway"]!).EndsWith($":{gateway.Process.Id}", StringComparison.Ordinal));

    private static Task RefusedEverywhereAsync(HttpClient[] clients, string key) => AllAnswerAsync(clients, key, HttpStatusCode.Unauthorized);

    private static Task AllAnswerAsync(HttpClient[] clients, string key, HttpStatusCode expected) => Wait.UntilAsync(
        async () => (await Task.WhenAll(clients.Select(client => AskAsync(client, key)))).All(status => status == expected),
        $"all of {clients.Length} gateways answer {expected}",
        TimeSpan.FromSeconds(10));

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
