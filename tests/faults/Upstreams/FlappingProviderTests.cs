using System.Text.Json.Nodes;
using ProxyCluster.Tests.Faults.Load;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>Three providers of one model that differ: one comes and goes, one is slow, one is well.</summary>
public sealed class FlappingProviderTests(ITestOutputHelper output)
{
    private const string Model = "test-model";
    private const int RequestsPerSecond = 30;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(Tier.IsLong ? 60 : 12);
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(Tier.IsLong ? 5 : 2);

    // A request that meets every trouble there is has three attempts of two seconds each.
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(30);

    private static readonly Behaviour[] Troubles =
    [
        new() { CutBeforeHeaders = true, Reset = true },
        new() { Status = 503 },
        new() { StallAfterEvents = 0 },
        Behaviour.BlackHole,
        new() { Status = 429, RetryAfter = "1" },
        Behaviour.Html,
    ];

    [Fact]
    public async Task ProviderThatComesAndGoes_BesideASlowOne_FailsNoRequest()
    {
        await using var flapping = await ScriptedUpstream.StartAsync(keptRequests: 0);
        await using var slow = await ScriptedUpstream.StartAsync(keptRequests: 0);
        await using var well = await ScriptedUpstream.StartAsync(keptRequests: 0);
        slow.Behaviour = new() { DelayBeforeHeaders = TimeSpan.FromMilliseconds(800), DelayBetweenEvents = TimeSpan.FromMilliseconds(50) };
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject { ["Providers"] = new JsonArray(Provider("flapping", flapping, 1), Provider("slow", slow, 2), Provider("well", well, 3)) },
        });
        using var client = TestHttp.Client(silo.Data);
        var load = new OpenLoop([client], RequestsPerSecond, Model, streamEvery: 3);

        await load.RunAsync(FlapAsync(flapping));

        foreach (var served in load.Sent.GroupBy(sent => sent.Provider ?? "nobody").OrderByDescending(group => group.Count()))
        {
            output.WriteLine($"{served.Key}: served {(double)served.Count() / load.Sent.Count:P1}");
        }

        var failures = load.Failures.Select(sent => sent.Fault).ToArray();
        var slowest = load.Sent.Max(sent => sent.Took);
        output.WriteLine($"sent {load.Sent.Count}, failed {failures.Length}, slowest {slowest.TotalMilliseconds:F0} ms; asked: flapping {flapping.RequestCount}, slow {slow.RequestCount}, well {well.RequestCount}");
        Assert.InRange(flapping.RequestCount, 1, long.MaxValue);
        Assert.True(failures.Length <= load.Sent.Count / 1000, $"More than 0.1 % of the requests failed: {string.Join("\n", failures)}");
        Assert.True(slowest < EndBound, $"The slowest took {slowest.TotalSeconds:F1} s.");
        Assert.Equal(0, await Metrics.SumAsync(silo.Ops, "proxycluster_gateway_in_flight"));
    }

    private static async Task FlapAsync(ScriptedUpstream upstream)
    {
        var phases = (int)(Length / Phase);
        for (var i = 0; i < phases; i++)
        {
            upstream.Behaviour = i % 2 == 0 ? Behaviour.Default : Troubles[i / 2 % Troubles.Length];
            await Task.Delay(Phase, TimeProvider.System);
        }
    }

    private static JsonObject Provider(string name, ScriptedUpstream upstream, int priority)
    {
        var provider = ProgramOptions.Provider(name, "openai", new Uri(upstream.Url, "/v1"), Model);
        provider["Priority"] = priority;
        provider["TimeoutSeconds"] = 2;
        provider["TotalTimeoutSeconds"] = 5;
        return provider;
    }
}
