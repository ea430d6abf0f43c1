using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Cluster;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>A provider falls ill under load while another one is well: clients are served, and the sick one is left alone until it is well.</summary>
public sealed class SickProviderTests(ITestOutputHelper output)
{
    /// <summary>Failures of the whole cluster that a sick provider may see while it is told that its circuit is open. Each may take several calls.</summary>
    private const int FailuresUnderWay = 5;

    // In CI they are healed before the first probe, so that it finds them well.
    private static readonly TimeSpan Ill = TimeSpan.FromSeconds(Tier.IsLong ? 35 : 6);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Tier.IsLong ? 150 : 40);

    // Long enough for the circuits to open, and for the gateways to miss the silo for more than a probe's time.
    private static readonly TimeSpan SiloLivesOn = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SiloIsGone = TimeSpan.FromSeconds(15);

    // Of a busy machine too: an attempt that times out, and an answer.
    private static readonly TimeSpan FailoverBound = TimeSpan.FromSeconds(10);

    // Advice that outlasts the illness: all calls but the first are too many.
    private static readonly UpstreamFault LimitedWithAdvice = UpstreamFault.LimitedFor((int)Ill.TotalSeconds + 3);

    [Fact]
    public async Task SickProviders_OfOneProcess_AreLeftAlone_AndServeAgainWhenTheyAreWell()
    {
        UpstreamFault[] faults =
        [
            UpstreamFault.Unreachable, UpstreamFault.Silent, UpstreamFault.Resetting, UpstreamFault.Failing, UpstreamFault.Limited,
            LimitedWithAdvice, UpstreamFault.StallsAtFirst, UpstreamFault.StallsMidway, UpstreamFault.CutsMidway,
        ];
        await using var providers = await SickProviders.StartAsync(faults);
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions { Config = providers.Routes("upstream-key") });
        using var client = TestHttp.Client(silo.Data);

        await RunAsync(providers, [client], faults, FailuresUnderWay);
    }

    [Fact]
    public Task SickProviders_OfACluster_AreLeftAloneByAllGateways() => RunClusterAsync(FailuresUnderWay, _ => Task.CompletedTask);

    [Fact]
    public Task SickProviders_WhileTheSiloIsGone_AreLeftAloneByAllGateways()
    {
        Tier.Drill();

        // Without a silo nobody counts for both gateways: each finds out for itself.
        return RunClusterAsync(2 * FailuresUnderWay, async silo =>
        {
            await Task.Delay(SiloLivesOn, TimeProvider.System);
            await silo.Process.KillAsync();
            await Task.Delay(SiloIsGone, TimeProvider.System);
            await silo.RestartAsync();
        });
    }

    [Fact]
    public async Task OnlyProvider_ThatFailsAllTheTime_IsAskedAllTheSame()
    {
        const int Requests = 20;
        (string Model, string Script, HttpStatusCode Status, string Code)[] cases =
        [
            ("failing", "status=500", HttpStatusCode.BadGateway, "upstream_failed"),
            ("limited", "status=429", HttpStatusCode.TooManyRequests, "upstream_rate_limited"),
            ("resetting", "refuse;reset", HttpStatusCode.BadGateway, "upstream_invalid_response"),
        ];
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray([.. cases.Select(one => ProgramOptions.Provider(one.Model, "openai", new Uri(upstream.Url, "/v1"), one.Model))]),
            },
        });
        using var client = TestHttp.Client(silo.Data);
        foreach (var (model, script, status, code) in cases)
        {
            upstream.Reset();
            upstream.ForModel(model, BehaviourText.Parse(script));
            for (var i = 1; i <= Requests; i++)
            {
                using var refused = await ChatAsync(client, model);
                Assert.Equal((status, code), (refused.StatusCode, (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["error"]!["code"]));
                Assert.InRange(upstream.RequestCount, i, long.MaxValue);
            }

            upstream.ForModel(model, Behaviour.Default);
            using var served = await ChatAsync(client, model);
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        }
    }

    private async Task RunClusterAsync(int failuresUnderWay, Func<SiloProcess, Task> whileIll)
    {
        UpstreamFault[] faults = [UpstreamFault.Unreachable, UpstreamFault.Silent, UpstreamFault.Resetting, LimitedWithAdvice];
        await using var providers = await SickProviders.StartAsync(faults);
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 2, routes: providers.Routes(ClusterUnderTest.UpstreamKey));
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, cluster.AdminKey)).ToArray();

        await RunAsync(providers, clients, faults, failuresUnderWay, () => whileIll(cluster.Silos[0]));
    }

    private async Task RunAsync(SickProviders providers, HttpClient[] clients, UpstreamFault[] faults, int failuresUnderWay, Func<Task>? whileIll = null)
    {
        var drill = new FaultDrill(providers, clients, faults);
        await drill.RunAsync(Ill, Patience, whileIll);

        var outcomes = faults.Select(fault => (Fault: fault, Outcome: drill.OutcomeOf(fault))).ToArray();
        foreach (var (fault, outcome) in outcomes)
        {
            output.WriteLine($"{fault.Name}: {outcome}");
        }

        Assert.Multiple([.. outcomes.Select<(UpstreamFault, FaultOutcome), Action>(one => () => AssertBearable(one.Item1, one.Item2, failuresUnderWay))]);
        var silent = outcomes.Where(one => !one.Fault.IsMidway).Select(one => one.Outcome).ToArray();
        var failures = silent.SelectMany(outcome => outcome.Failures).Select(sent => sent.Fault).ToArray();
        Assert.True(failures.Length <= silent.Sum(outcome => outcome.Sent) / 1000, $"More than 0.1 % of the requests failed: {string.Join("\n", failures)}");
    }

    private static void AssertBearable(UpstreamFault fault, FaultOutcome outcome, int failuresUnderWay)
    {
        Assert.True(outcome.Calls > 0, $"{fault.Name}: the sick provider was never asked, so that nothing is proven.");
        Assert.True(outcome.SlowestWhileIll < FailoverBound, $"{fault.Name}: {outcome}");
        Assert.True(outcome.CallsAfterTold <= (failuresUnderWay + ProbesWhile(Ill)) * fault.CallsAFailure, $"{fault.Name} was not left alone: {outcome}");
        Assert.True(outcome.BackAfter is not null, $"{fault.Name} did not come back within {Patience.TotalSeconds} s: {outcome}");
        if (fault.IsMidway)
        {
            // What has begun cannot be saved; it must be told, and cost no more streams than were sent there.
            Assert.InRange(outcome.Failures.Count, 1, outcome.Calls);
            Assert.All(outcome.Failures, sent => Assert.Matches("^200, but cut: (.|\n)*\"(upstream_stream_interrupted|upstream_timeout)\"", sent.Fault));
        }
    }

    // A circuit is open for 10 s, 20 s, 40 s …, each up to a fifth shorter; then comes one probe.
    private static int ProbesWhile(TimeSpan ill)
    {
        var (probes, open, at) = (0, 8.0, 8.0);
        while (at < ill.TotalSeconds)
        {
            probes++;
            open *= 2;
            at += open;
        }

        return probes;
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient client, string model) => client.PostAsJsonAsync(
        "/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "Hello" } } });
}
