using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Outbound;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>What silo and gateway say to each other, overheard.</summary>
public sealed class WireCaptureTests
{
    private const string FileKey = "planted-key-of-the-file";
    private const string ApiKey = "planted-key-of-the-api";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_OfProviders_AreUsedAndNeverSentBetweenProcesses()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var url = new Uri(upstream.Url, "/v1").ToString();
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions { Arguments = ["--role", "silo"] });
        await using var relay = new RecordingRelay(silo.GatewayPort);
        await using var gateway = await GatewayProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Cluster"] = new JsonObject { ["GatewayPort"] = relay.Port },
                ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "of-the-file", ["Type"] = "openai", ["BaseUrl"] = url, ["ApiKey"] = FileKey, ["Models"] = new JsonArray("file-model") }),
            },
        });
        using var admin = TestHttp.Client(gateway.Admin);
        using var client = TestHttp.Client(gateway.Data);
        using var made = await admin.PostAsJsonAsync("/admin/v1/providers", new { name = "of-the-api", type = "openai", baseUrl = url, apiKey = ApiKey, models = new[] { "api-model" } }, Cancel);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancel));

        await AssertUsedAsync(client, upstream, "file-model", FileKey);
        await AssertUsedAsync(client, upstream, "api-model", ApiKey);
        var recorded = relay.Recorded;

        Assert.Contains("of-the-api", recorded, StringComparison.Ordinal);
        Assert.Contains("sealed:1:", recorded, StringComparison.Ordinal);
        Assert.Contains("config:of-the-file", recorded, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", recorded, StringComparison.Ordinal);
    }

    private static async Task AssertUsedAsync(HttpClient client, ScriptedUpstream upstream, string model, string key)
    {
        await Wait.UntilAsync(
            async () =>
            {
                upstream.Reset();
                using var response = await client.ChatAsync(model);
                return response.IsSuccessStatusCode;
            },
            $"{model} is served",
            TimeSpan.FromSeconds(60));
        Assert.Equal("Bearer " + key, upstream.Requests.Single().Header("authorization"));
    }
}
