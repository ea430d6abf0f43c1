using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>Machines that start together start in any order: a silo whose Redis is not there yet waits for it.</summary>
public sealed class RedisAbsentTests
{
    private const string Waits = "the silo waits for it";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("silo")]
    [InlineData("all")]
    public async Task Silo_StartedBeforeItsRedis_WaitsAndGoesOn(string role)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var silo = await StartAsync(redis, role);
        await silo.Process.WaitForOutputAsync(Waits, Patience);

        using var ops = TestHttp.Client(silo.Ops);
        using var live = await ops.GetAsync("/health/live");
        using var ready = await ops.GetAsync("/health/ready");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (live.StatusCode, ready.StatusCode));
        Assert.Contains(redis.ConnectionString, await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await redis.RestartAsync();
        await silo.WaitUntilReadyAsync();

        Assert.Contains("Redis answers after", silo.Process.Output, StringComparison.Ordinal);
        Assert.Equal(0, await silo.Process.StopAsync());
    }

    [Fact]
    public async Task Silo_ToldToStopWhileItWaits_EndsAtOnce()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var silo = await StartAsync(redis, "silo");
        await silo.Process.WaitForOutputAsync(Waits, Patience);

        // Signals are taken once the host is up, a moment after it says that it waits.
        using var ops = TestHttp.Client(silo.Ops);
        for (var asked = 0; asked < 5; asked++)
        {
            using var live = await ops.GetAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Equal(0, await silo.Process.StopAsync(TimeSpan.FromSeconds(5)));
    }

    private static Task<SiloProcess> StartAsync(RedisServer redis, string role) => SiloProcess.StartAsync(new ProgramOptions
    {
        WaitUntilReady = false,
        // By reference, as a deployment would: what waits and what starts must both resolve it.
        Environment = new Dictionary<string, string?> { ["PC_TEST_REDIS"] = redis.ConnectionString },
        Config = new JsonObject
        {
            ["Role"] = role,
            ["Cluster"] = new JsonObject { ["Redis"] = "${PC_TEST_REDIS}" },
            ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
        },
    });
}
