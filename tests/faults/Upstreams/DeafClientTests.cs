using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>Clients that are there and take nothing, as those do whose network has gone: they hold a stream only so long.</summary>
public sealed class DeafClientTests(ITestOutputHelper output)
{
    private const int Clients = 50;

    // What the system buffers for a connection is not the process's own.
    private const int MostMegabytesMore = 100;

    // Twice the time after which a write to a client is given up, and some for a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Streams_WhoseClientsTakeNothing_AreGivenUp()
    {
        Tier.Drill();
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new() { Endless = true, Text = new string('x', 2000) };
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject { ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(upstream.Url, "/v1"), "test-model")) },
        });
        var before = ProcessFigures.Of(silo.Process.Id);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(silo.Data)));
        var asked = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync(() => Task.FromResult(upstream.RequestCount == Clients), "all are served", Patience);

        var ends = await Task.WhenAll(upstream.Requests.Select(request => request.Ended)).WaitAsync(Patience);

        var after = ProcessFigures.Of(silo.Process.Id);
        output.WriteLine($"all {Clients} were given up after {TimeProvider.System.GetElapsedTime(asked).TotalSeconds:F1} s; memory {before.ResidentMegabytes} MB before, {after.ResidentMegabytes} MB after");
        Assert.All(ends, end => Assert.True(end.PeerLeft));
        await Wait.UntilAsync(async () => await Metrics.SumAsync(silo.Ops, "proxycluster_gateway_in_flight") == 0, "no request is in flight", Patience);
        Assert.InRange(after.ResidentMegabytes, 1, before.ResidentMegabytes + MostMegabytesMore);
        Array.ForEach(clients, client => client.Dispose());
    }

    private static async Task<RawHttp> AskAsync(Uri gateway)
    {
        const string Body = """{"model":"test-model","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";
        var client = await RawHttp.ConnectAsync(gateway);
        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {Body.Length}\r\n\r\n{Body}");
        return client;
    }
}
