using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Faults.Load;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Limits;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Budgets;

/// <summary>
/// The tokens of a key through several gateways, all of whose answers are equally long: what was used in any 60 s is told by
/// the clients, and each request counts when it was sent.
/// </summary>
public sealed class TokenAccuracyTests(ITestOutputHelper output)
{
    private const string Model = "token-model";
    private const int AnswerTokens = 100;
    private const int Limit = 100_000;
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A request reserves half as much again as its answer will have: the last that does not fit leaves less than that.
    [Theory]
    [InlineData(1, 30, false)]
    [InlineData(2, 30, true)]
    [InlineData(4, 30, false)]
    [InlineData(1, 150, false)]
    [InlineData(2, 150, true)]
    [InlineData(4, 150, true)]
    public Task Tokens_WithDemandOverTheirLimit_AreAllUsedAndNotMore(int gateways, int requestsPerSecond, bool moves) =>
        AssertAccurateAsync(gateways, requestsPerSecond, seconds: 130, moves);

    [Fact]
    public Task Tokens_OfTheFirstMinute_AreAllUsedAndNotMore() => AssertAccurateAsync(gateways: 2, requestsPerSecond: 30, seconds: 70, moves: true);

    [Fact]
    public async Task Tokens_WhoseSiloIsKilled_AreNeverMoreThanTheirLimit()
    {
        Tier.Drill();

        var (load, each) = await RunAsync(gateways: 2, silos: 3, requestsPerSecond: 30, seconds: 130, moves: true, static async cluster =>
        {
            await Task.Delay(TimeSpan.FromSeconds(33), TimeProvider.System);
            await cluster.Silos[1].Process.KillAsync();
        });

        Assert.All(load.Failures, static sent => Assert.Equal(429, sent.Status));
        Assert.InRange(Most(load) * each, Limit * 80 / 100, Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Tokens_WithDemandOfNineTenthsOfTheirLimit_AreHardlyEverRefused(int gateways)
    {
        Tier.Drill();

        // Thirteen and a half would be nine tenths.
        var (load, _) = await RunAsync(gateways, silos: 1, requestsPerSecond: 13, seconds: 130, moves: gateways > 1);

        var refused = load.Sent.Count(static sent => sent.Status == 429);
        Assert.True(refused <= load.Sent.Count * 0.001, $"{refused} of {load.Sent.Count} refused");
        Assert.DoesNotContain(load.Sent, static sent => sent.Status is not (200 or 429));
    }

    private async Task AssertAccurateAsync(int gateways, int requestsPerSecond, int seconds, bool moves)
    {
        Tier.Drill();

        var (load, each) = await RunAsync(gateways, silos: 1, requestsPerSecond, seconds, moves);

        Assert.All(load.Failures, static sent => Assert.Equal(429, sent.Status));
        Assert.InRange(Most(load) * each, Limit * 98 / 100, Limit);

        // All requests are alike: so many of them fit into a window.
        var expected = new SpecRule(Limit / each, 0, block: false).Count(load.Sent.Select(static sent => sent.At));
        output.WriteLine($"the rule admits {expected}, of which {100.0 * Admitted(load).Length / expected:F1} % were");
        Assert.InRange(Admitted(load).Length, expected * 98 / 100, int.MaxValue);
    }

    private async Task<(OpenLoop Load, int Each)> RunAsync(
        int gateways, int silos, int requestsPerSecond, int seconds, bool moves, Func<ClusterUnderTest, Task>? meanwhile = null)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new() { CompletionTokens = AnswerTokens };
        await using var cluster = await StartAsync(upstream, silos, gateways);
        var key = await cluster.CreateKeyAsync();
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, key)).ToArray();
        await Task.WhenAll(clients.Select(WarmAsync));
        var load = new OpenLoop(clients, requestsPerSecond, Model);

        var started = TimeProvider.System.GetTimestamp();
        var running = load.RunAsync(
            Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System),
            moves ? () => (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds / 7) % 2 == 0 ? 0.9 : 0.1 : null);
        await (meanwhile?.Invoke(cluster) ?? Task.CompletedTask);
        await running;
        var each = await TokensEachAsync(clients[0], Admitted(load).Length);
        output.WriteLine(
            $"{gateways} gateways, {requestsPerSecond} requests/s for {seconds} s: {Admitted(load).Length * each} tokens in {Admitted(load).Length} of {load.Sent.Count}, at most {Most(load) * each} in any 60 s of {Limit}");
        Array.ForEach(clients, static client => client.Dispose());
        return (load, each);
    }

    private static Task<ClusterUnderTest> StartAsync(ScriptedUpstream upstream, int silos, int gateways)
    {
        var provider = ProgramOptions.Provider("told", "openai", new Uri(upstream.Url, "/v1"));
        provider["ApiKey"] = ClusterUnderTest.UpstreamKey;
        provider["MaxConcurrency"] = 10_000;
        provider["Models"] = new JsonArray(new JsonObject { ["Id"] = Model });
        return ClusterUnderTest.StartAsync(silos, gateways, routes: new JsonObject
        {
            ["Providers"] = new JsonArray(provider),
            ["Budgets"] = new JsonObject { ["Keys"] = new JsonObject { ["TokensPerMinute"] = Limit } },
        });
    }

    // As the ledger has them, once it has all.
    private static async Task<int> TokensEachAsync(HttpClient client, int requests)
    {
        var total = JsonNode.Parse("{}")!;
        await Wait.UntilAsync(
            async () =>
            {
                using var answer = await client.GetAsync("/v1/usage");
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}: {text}");
                return answer.StatusCode == HttpStatusCode.OK && (int)(total = JsonNode.Parse(text)!["total"]!)["requests"]! == requests;
            },
            "the ledger has every request",
            Patience);
        var tokens = (int)total["total_tokens"]!;
        Assert.Equal(0, tokens % requests);
        return tokens / requests;
    }

    // A gateway that has just started has not heard of the key yet.
    private static Task WarmAsync(HttpClient client) =>
        Wait.UntilAsync(async () => (await client.GetAsync("/v1/usage")).StatusCode == HttpStatusCode.OK, "the gateway knows the key", Patience);

    private static DateTimeOffset[] Admitted(OpenLoop load) => [.. load.Sent.Where(static sent => sent.Status == 200).Select(static sent => sent.At)];

    private static int Most(OpenLoop load) => SlidingCount.Most(Admitted(load), Minute);
}
