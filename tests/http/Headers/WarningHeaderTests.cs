using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Headers;

/// <summary>A client is told what its provider does not take as OpenAI does.</summary>
public sealed class WarningHeaderTests
{
    [Fact]
    public async Task Field_UnderAnotherName_IsSentUnderItAndTold()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject { ["Providers"] = new JsonArray(ProgramOptions.Provider("m", "mistral", new Uri(upstream.Url, "/v1"), "mistral-small")) },
        });
        using var client = TestHttp.Client(gateway.Data);
        using var content = new StringContent(
            """{"model":"mistral-small","messages":[{"role":"user","content":"Hi"}],"seed":7,"user":"u"}""", Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, cancel);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancel));
        Assert.Equal("seed: sent as random_seed; user: dropped", Assert.Single(response.Headers.GetValues("x-proxy-warning")));
        var sent = JsonNode.Parse(Assert.Single(upstream.Requests).Body)!;
        Assert.Equal((7, null), ((int)sent["random_seed"]!, sent["user"]));
    }
}
