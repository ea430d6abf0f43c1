using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Outbound;

/// <summary>The way from the gateway to providers: keys in turn, proxies, authorities of the operator's own.</summary>
public sealed class OutboundTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task KeyThatIsLimitedOrRefused_Rests_WhileTheNextServes(int status)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var provider = ProgramOptions.Provider("p", "openai", new Uri(upstream.Url, "/v1"), "m");
        provider["ApiKey"] = "key-a";
        provider["ApiKeys"] = new JsonArray("key-b");
        await using var silo = await StartAsync(provider);
        using var client = TestHttp.Client(silo.Data);
        upstream.Next(new Behaviour { Status = status, Body = "{}", RetryAfter = "60" });

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await client.ChatAsync("m");
            answers.Add(response.StatusCode);
        }

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer));
        var keys = upstream.Requests.Select(static request => request.Header("authorization")).ToArray();
        Assert.Equal(5, keys.Length);
        Assert.Single(keys[1..].Distinct());
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Fact]
    public async Task Server_OfAnAuthorityThatIsConfigured_IsTrusted_AndNoOther()
    {
        using var certificates = new Certificates();
        using var good = certificates.Sign("localhost");
        using var other = certificates.Sign("other.example");
        await using var right = new RawServer(good);
        await using var wrongName = new RawServer(other);
        await using var silo = await StartAsync(
            Secure("trusted", right.Port, certificates.AuthorityFile),
            Secure("unknown", right.Port, null),
            Secure("misnamed", wrongName.Port, certificates.AuthorityFile));
        using var client = TestHttp.Client(silo.Data);

        Assert.Equal(HttpStatusCode.OK, (await client.ChatAsync("trusted/m")).StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, (await client.ChatAsync("unknown/m")).StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, (await client.ChatAsync("misnamed/m")).StatusCode);
    }

    [Fact]
    public async Task Requests_GoThroughTheProxy_UnlessAProviderSaysOtherwise()
    {
        await using var proxy = new RawServer();
        var provider = ProgramOptions.Provider("p", "openai", new Uri("http://upstream.invalid/v1"), "m");
        var around = ProgramOptions.Provider("around", "openai", new Uri("http://upstream.invalid/v1"), "m2");
        around["Proxy"] = "none";
        var outbound = new JsonObject { ["Proxy"] = $"http://127.0.0.1:{proxy.Port}" };
        await using var silo = await StartWithAsync(outbound, provider, around);
        using var client = TestHttp.Client(silo.Data);

        Assert.Equal(HttpStatusCode.OK, (await client.ChatAsync("m")).StatusCode);
        Assert.StartsWith("POST http://upstream.invalid/v1/chat/completions HTTP/1.1", Assert.Single(proxy.Heads), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadGateway, (await client.ChatAsync("m2")).StatusCode);
    }

    private static JsonObject Secure(string name, int port, string? authorities)
    {
        var provider = ProgramOptions.Provider(name, "openai", new Uri($"https://localhost:{port}/v1"), "m");
        provider["CertificateAuthorities"] = authorities;
        return provider;
    }

    private static Task<SiloProcess> StartAsync(params JsonObject[] providers) => StartWithAsync(new JsonObject(), providers);

    private static Task<SiloProcess> StartWithAsync(JsonObject outbound, params JsonObject[] providers) => SiloProcess.StartAsync(new ProgramOptions
    {
        Config = new JsonObject { ["Providers"] = new JsonArray([.. providers]), ["Outbound"] = outbound },
    });
}
