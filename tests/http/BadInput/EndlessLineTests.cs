using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.BadInput;

/// <summary>Providers that send a line without an end, as fast as they can.</summary>
public sealed class EndlessLineTests
{
    private const int Streams = 16;
    private const int MaxEventKilobytes = 1024;

    // Twice the bound for each stream (a buffer grows by doubling), and air for the runtime. Without a bound a loopback
    // provider sends more than that in a second.
    private const int BoundKilobytes = (2 * 2 * Streams * MaxEventKilobytes) + (64 * 1024);

    [Fact]
    public async Task Lines_WithoutEnd_AreRefusedWithinBoundedMemory()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(ProgramOptions.Provider("provider", "openai", new Uri(upstream.Url, "/v1"), "gpt-4o")),
                ["InputLimits"] = new JsonObject { ["MaxStreamEventBytes"] = MaxEventKilobytes * 1024 },
            },
        });
        using var client = TestHttp.Client(gateway.Data);
        using (var warm = await ChatAsync(client))
        {
            Assert.Equal(HttpStatusCode.OK, warm.StatusCode);
        }

        var before = PeakKilobytes(gateway.Process.Id);
        upstream.Behaviour = new() { EndlessLine = true };

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => ChatAsync(client)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode));
        var grown = PeakKilobytes(gateway.Process.Id) - before;
        Assert.True(grown < BoundKilobytes, $"The gateway's memory grew by {grown} KiB, the bound is {BoundKilobytes}.");
        Array.ForEach(answers, answer => answer.Dispose());
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient client) => client.PostAsJsonAsync(
        "/v1/chat/completions",
        new { model = "gpt-4o", stream = true, messages = new[] { new { role = "user", content = "Hello" } } },
        TestContext.Current.CancellationToken);

    private static int PeakKilobytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
