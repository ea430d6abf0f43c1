using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Outbound;

/// <summary>A proxy on the way to one provider that is dead, slow, wants a password, or leaves: another provider serves.</summary>
public sealed class ProxyFaultTests
{
    private const string Refused = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"planted-realm\"\r\ncontent-length: 0\r\n\r\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Faults => new()
    {
        { "http", Refused, "connect_failed" },
        { "https", Refused, "connect_failed" },
        { "https", "", "connect_failed" },
        { "http", "", "timed_out" },
        { "https", "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "connect_failed" },
        { "http", "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "server_error" },
        { "https", "nonsense\r\n\r\n", "invalid_answer" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Proxy_ThatDoesNotLetThrough_IsGoneAroundByTheNextProvider(string scheme, string says, string outcome)
    {
        await using var proxy = new ScriptedPeer(says.Length == 0 ? PeerAnswer.Nothing : new PeerAnswer(says));
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await StartAsync($"{scheme}://provider.invalid/v1", proxy.Url, upstream);
        using var client = TestHttp.Client(silo.Data);

        using var response = await client.ChatAsync("either");
        using var alone = await client.ChatAsync("behind/m");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("beside", Assert.Single(response.Headers.GetValues("x-proxy-provider")));
        Assert.Contains(outcome, silo.Process.Output, StringComparison.Ordinal);
        var told = await alone.Content.ReadAsStringAsync(Cancel);
        Assert.True(alone.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout, told);
        Assert.DoesNotContain("planted-realm", told, StringComparison.Ordinal);
        Assert.DoesNotContain("provider.invalid", told, StringComparison.Ordinal);
        Assert.DoesNotContain(proxy.Url.Authority, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_ThatNobodyCanReach_IsGoneAroundWithinTheTimeToConnect()
    {
        using var hole = await FullBacklog.StartAsync();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await StartAsync("http://provider.invalid/v1", hole.Url, upstream);
        using var client = TestHttp.Client(silo.Data);

        using var response = await client.ChatAsync("either");

        Assert.Equal("beside", Assert.Single(response.Headers.GetValues("x-proxy-provider")));
        Assert.Contains("connect_failed", silo.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_ThatLeavesInTheMiddleOfAStream_IsTold()
    {
        const string Chunk = "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"},\"finish_reason\":null}]}\n\n";
        await using var proxy = new ScriptedPeer(new PeerAnswer($"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n{Chunk.Length:x}\r\n{Chunk}\r\n"));
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await StartAsync("http://provider.invalid/v1", proxy.Url, upstream);
        using var client = TestHttp.Client(silo.Data);

        using var response = await client.ChatAsync("either", ",\"stream\":true");
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("\"content\":\"Hel\"", text, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"upstream_error\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Equal(0, upstream.RequestCount);
    }

    private static Task<SiloProcess> StartAsync(string behindUrl, Uri proxy, ScriptedUpstream upstream)
    {
        var behind = ProgramOptions.Provider("behind", "openai", new Uri(behindUrl), "m");
        behind["Proxy"] = proxy.ToString();
        behind["ConnectTimeoutSeconds"] = 1;
        behind["TimeoutSeconds"] = 2;
        behind["TotalTimeoutSeconds"] = 2;
        return SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(behind, ProgramOptions.Provider("beside", "openai", new Uri(upstream.Url, "/v1"), "m")),
                ["Aliases"] = new JsonObject
                {
                    ["either"] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray("behind/m", "beside/m") },
                },
            },
        });
    }
}
