using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Outbound;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>What operators see of a running gateway's pools.</summary>
public sealed class PoolAdminTests
{
    [Fact]
    public async Task Pools_OfARunningGateway_AreKeptWarmAndTold()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(
                    ProgramOptions.Provider("asked", "openai", new Uri(upstream.Url, "/v1"), "m"),
                    ProgramOptions.Provider("idle", "openai", new Uri("http://idle.invalid/v1"), "n")),
                ["Pools"] = new JsonObject { ["UpkeepSeconds"] = 1, ["MinSize"] = 3 },
            },
        });
        using var client = TestHttp.Client(silo.Data);
        using var admin = TestHttp.Client(silo.Admin);
        using var ops = TestHttp.Client(silo.Ops);
        Assert.Empty((await ReadAsync(admin, "/admin/v1/pools"))["data"]!.AsArray());
        using var answer = await client.ChatAsync("m");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        JsonNode pool;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, PoolCase.Cancel);
            pool = Assert.Single((await ReadAsync(admin, "/admin/v1/pools"))["data"]!.AsArray())!;
        }
        while ((int)pool["ready"]! + (int)pool["open"]! < 3);

        Assert.Equal(upstream.Url.Authority, (string?)pool["host"]);
        Assert.Equal(("1.1", "none"), ((string?)pool["httpVersion"], (string?)pool["proxy"]));
        Assert.Equal((3, 257, 0, 0), ((int)pool["size"]!, (int)pool["most"]!, (int)pool["inFlight"]!, (int)pool["queued"]!));
        Assert.True((double)pool["meanResponseSeconds"]! > 0, pool.ToJsonString());
        Assert.Equal(1, upstream.RequestCount);
        Assert.Equal((string?)pool["host"], (string?)(await ReadAsync(admin, "/admin/v1/providers/asked/pool"))["host"]);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, "/admin/v1/providers/idle/pool"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin, "/admin/v1/providers/nobody/pool"));
        var metrics = await Metrics.PageAsync(ops, PoolCase.Cancel);
        Assert.Matches($"proxycluster_pools_size[^\n]*host=\"{upstream.Url.Authority}\"[^\n]* 3\n", metrics);
        Assert.Contains("proxycluster_pools_wait_seconds_bucket", metrics, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> ReadAsync(HttpClient admin, string path)
    {
        using var response = await admin.GetAsync(new Uri(path, UriKind.Relative), PoolCase.Cancel);
        var text = await response.Content.ReadAsStringAsync(PoolCase.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient admin, string path)
    {
        using var response = await admin.GetAsync(new Uri(path, UriKind.Relative), PoolCase.Cancel);
        return response.StatusCode;
    }
}
