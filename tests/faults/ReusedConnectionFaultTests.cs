using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>A single provider that closes connections the gateway keeps open, while requests are on their way to it.</summary>
public sealed class ReusedConnectionFaultTests
{
    private const int Lanes = 4;
    private const int RequestsPerLane = 50;

    [Fact]
    public async Task Provider_ThatServesOneRequestAConnection_FailsNone()
    {
        await using var upstream = await UpstreamProcess.StartAsync("--script", "once");
        await using var silo = await SiloProcess.StartAsync(Options(upstream));

        Assert.Equal(Lanes * RequestsPerLane, await ServedAsync(silo, TimeSpan.Zero));

        // Every connection dies after its first request. The gateway often sees that before the next request, so that only
        // the others are sent on a dead connection.
        Assert.True(await ReconnectsAsync(silo) >= Lanes * RequestsPerLane / 10, $"Only {await ReconnectsAsync(silo)} requests met a dead connection.");
    }

    [Fact]
    public async Task Provider_ThatClosesIdleConnections_FailsNoRequestThatCrossesTheClose()
    {
        const int IdleMilliseconds = 20;
        await using var upstream = await UpstreamProcess.StartAsync("--script", $"idle={IdleMilliseconds}");
        await using var silo = await SiloProcess.StartAsync(Options(upstream));

        // Each request comes about when the connection of the last one is closed.
        var served = await ServedAsync(silo, TimeSpan.FromMilliseconds(IdleMilliseconds));

        TestContext.Current.SendDiagnosticMessage($"{await ReconnectsAsync(silo)} of {Lanes * RequestsPerLane} requests met a dead connection.");
        Assert.Equal(Lanes * RequestsPerLane, served);
    }

    private static ProgramOptions Options(UpstreamProcess upstream) => new()
    {
        Config = new JsonObject
        {
            ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(upstream.Url, "/v1"), "test-model")),
        },
    };

    private static async Task<int> ServedAsync(SiloProcess silo, TimeSpan pause)
    {
        using var client = TestHttp.Client(silo.Data);
        var lanes = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async _ =>
        {
            var served = 0;
            for (var i = 0; i < RequestsPerLane; i++)
            {
                using var answer = await client.PostAsJsonAsync(
                    "/v1/chat/completions", new { model = "test-model", messages = new[] { new { role = "user", content = "Hello" } } });
                served += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
                await Task.Delay(pause, TimeProvider.System);
            }

            return served;
        }));
        return lanes.Sum();
    }

    private static Task<double> ReconnectsAsync(SiloProcess silo) => Metrics.SumAsync(silo.Ops, "proxycluster_gateway_reconnects_total");
}
