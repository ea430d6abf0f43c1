using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Models;

/// <summary>A provider asked for its list by many at once.</summary>
public sealed class ModelRefreshTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyWhoAskAProvider_AreServedByTwoCalls()
    {
        const int Askers = 12;
        await using var upstream = await ScriptedUpstream.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(ProgramOptions.Provider("p", "openai", new Uri(upstream.Url, "/v1"), "gpt-*")),
                ["Routing"] = new JsonObject { ["DiscoveryMinutes"] = 0 },
                ["Batching"] = new JsonObject { ["ModelLists"] = new JsonObject { ["MaxWaitMilliseconds"] = 10_000 } },
            },
        });
        using var admin = TestHttp.Client(silo.Admin);
        using var ops = TestHttp.Client(silo.Ops);
        upstream.GetBehaviour = new Behaviour { Body = """{"data":[{"id":"gpt-new"}]}""", BeforeHeaders = _ => release.Task };

        var asked = Enumerable.Range(0, Askers).Select(_ => admin.GetFromJsonAsync<JsonNode>("/admin/v1/providers/p/models?refresh=true", Cancel)).ToArray();
        await WaitForAsync(ops, $" {Askers - 1}");
        release.SetResult();
        var answers = await Task.WhenAll(asked);

        Assert.All(answers, static answer => Assert.Equal("gpt-new", (string?)answer!["discovered"]![0]));
        Assert.All(answers, static answer => Assert.Null((string?)answer!["discoveryFault"]));
        Assert.Equal(2, upstream.AllRequests.Count);
    }

    [Fact]
    public async Task ProviderThatDoesNotAnswer_IsToldSo()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.GetBehaviour = new Behaviour { Status = 503 };
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject { ["Providers"] = new JsonArray(ProgramOptions.Provider("p", "openai", new Uri(upstream.Url, "/v1"), "named")) },
        });
        using var admin = TestHttp.Client(silo.Admin);

        var answer = await admin.GetFromJsonAsync<JsonNode>("/admin/v1/providers/p/models?refresh=true", Cancel);

        Assert.Equal("The answer was 503.", (string?)answer!["discoveryFault"]);
    }

    private static async Task WaitForAsync(HttpClient ops, string count)
    {
        while (true)
        {
            var text = await ops.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
            if (text.Split('\n').Any(line => line.StartsWith("proxycluster_batching_queued", StringComparison.Ordinal)
                && line.Contains("model_lists", StringComparison.Ordinal) && line.Split('}')[^1].StartsWith(count, StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }
}
