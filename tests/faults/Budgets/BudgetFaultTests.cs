using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Budgets;

/// <summary>A budget is the cluster's: what all gateways spend at once, and what one spends that dies.</summary>
public sealed class BudgetFaultTests(ITestOutputHelper output)
{
    private const string Model = "dollar-model";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Budget_ForFour_AdmitsFourOfAHundredWorstCasesAtOnce(int gateways)
    {
        if (gateways == 4)
        {
            Tier.Drill();
        }

        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new() { CompletionTokens = 1_000, DelayBeforeHeaders = TimeSpan.FromSeconds(1) };
        await using var cluster = await StartAsync(upstream, gateways);
        var key = await cluster.CreateKeyAsync();
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, key)).ToArray();
        await Task.WhenAll(clients.Select(WarmAsync));

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => ChatAsync(clients[i % gateways], stream: false)));

        var statuses = answers.GroupBy(static answer => (int)answer.StatusCode).OrderBy(static group => group.Key).Select(static group => (group.Key, group.Count()));
        output.WriteLine($"{gateways} gateways: {string.Join(", ", statuses)}");
        Assert.Equal([(200, 4), (429, 96)], statuses);
        Assert.Equal(4, upstream.Requests.Count);
        await Wait.UntilAsync(async () => await DayAsync(clients[^1]) is (4, 0), "four dollars are spent and none is reserved", Patience);
        Array.ForEach(answers, static answer => answer.Dispose());
        Array.ForEach(clients, static client => client.Dispose());
    }

    [Fact]
    public async Task Gateway_KilledInMidStream_HasSpentAtLeastWhatItSpent()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new() { Endless = true, DelayBetweenEvents = TimeSpan.FromMilliseconds(100) };
        await using var cluster = await StartAsync(upstream, gateways: 2);
        var key = await cluster.CreateKeyAsync();
        using var dying = ClusterUnderTest.Client(cluster.Gateways[0], key);
        using var living = ClusterUnderTest.Client(cluster.Gateways[1], key);
        await WarmAsync(living);
        using var stream = await ChatAsync(dying, stream: true);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);

        await cluster.Gateways[0].Process.KillAsync();

        upstream.Behaviour = new() { CompletionTokens = 1_000 };
        var (used, reserved) = await DayAsync(living);
        output.WriteLine($"after the kill: {used} dollars used, {reserved} reserved");
        Assert.InRange(used + reserved, 1, 4);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await ChatAsync(living, stream: false);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Redis_GoneWhileMoneyIsReserved_RefusesMoneyAndForgetsNothing()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new() { CompletionTokens = 1_000 };
        await using var cluster = await StartAsync(upstream, gateways: 1);
        var key = await cluster.CreateKeyAsync();
        using var client = ClusterUnderTest.Client(cluster.Gateways[0], key);
        using (var served = await ChatAsync(client, stream: false))
        {
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        }

        await cluster.Redis.StopAsync();
        using (var refused = await ChatAsync(client, stream: false))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        await cluster.Redis.RestartAsync();
        await Wait.UntilAsync(async () => await StatusAsync(client) == HttpStatusCode.OK, "money is lent again", Patience);
        Assert.InRange((await DayAsync(client)).Used, 1, 2);
    }

    private static Task<ClusterUnderTest> StartAsync(ScriptedUpstream upstream, int gateways)
    {
        var provider = ProgramOptions.Provider("priced", "openai", new Uri(upstream.Url, "/v1"));
        provider["ApiKey"] = ClusterUnderTest.UpstreamKey;
        provider["Models"] = new JsonArray(new JsonObject { ["Id"] = Model, ["MaxOutputTokens"] = 1_000, ["InputCostPerMillion"] = 0, ["OutputCostPerMillion"] = 1_000 });
        return ClusterUnderTest.StartAsync(silos: 1, gateways, routes: new JsonObject
        {
            ["Providers"] = new JsonArray(provider),
            ["Budgets"] = new JsonObject { ["Keys"] = new JsonObject { ["DollarsPerDay"] = 4 } },
        });
    }

    // A gateway that has just started has not heard of the key yet.
    private static Task WarmAsync(HttpClient client) =>
        Wait.UntilAsync(async () => (await client.GetAsync("/v1/usage")).StatusCode == HttpStatusCode.OK, "the gateway knows the key", Patience);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await ChatAsync(client, stream: false);
        return answer.StatusCode;
    }

    private static async Task<(decimal Used, decimal Reserved)> DayAsync(HttpClient client)
    {
        var usage = await client.GetFromJsonAsync<JsonNode>("/v1/usage");
        var day = usage!["limits"]!.AsArray().Single(static limit => (string)limit!["limit"]! == "dollars_per_day")!;
        return ((decimal)day["used"]!, (decimal)day["reserved"]!);
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient client, bool stream) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = Model, stream, messages = new[] { new { role = "user", content = "Hello" } } }),
        },
        HttpCompletionOption.ResponseHeadersRead);
}
