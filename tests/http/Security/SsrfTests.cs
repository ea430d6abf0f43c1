using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Http.Outbound;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Addresses that mean to lead the gateway to this machine, its network or its cloud's metadata: nobody there hears of it.</summary>
public sealed class SsrfTests : IClassFixture<SsrfTests.Unshielded>, IAsyncDisposable
{
    private static readonly string[] Hosts =
    [
        // Loopback, in every way of writing it.
        "127.0.0.1", "127.0.0.2", "127.255.255.254", "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
        "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "１２７.0.0.1", "%31%32%37.0.0.1", "127.0.0.1.", "0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]",

        // Private networks.
        "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.1", "100.64.0.1", "[fc00::1]", "[fd12:3456::1]", "[::ffff:10.0.0.1]", "198.18.0.1", "192.0.2.1",

        // Metadata services, link-local, multicast, reserved.
        "169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "0xa9fea9fe", "2852039166", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "169.254.170.2",
        "[fe80::1]", "224.0.0.1", "[ff02::1]", "240.0.0.1", "255.255.255.255", "[64:ff9b::a9fe:a9fe]",
    ];

    // What would be read as another host by a second parser.
    private static readonly string[] Confusions =
    [
        "http://8.8.8.8@127.0.0.1:{0}/v1", "http://8.8.8.8:80@127.0.0.1:{0}/v1", "http://127.0.0.1:{0}#@8.8.8.8/v1", "http://127.0.0.1:{0}?@8.8.8.8/v1", "http://127.0.0.1:{0}\\@8.8.8.8/v1",
        "http://127.0.0.1:{0}\\.example.com/v1", "http:127.0.0.1:{0}/v1", "http:/127.0.0.1:{0}/v1", "http:///127.0.0.1:{0}/v1", "//127.0.0.1:{0}/v1", "gopher://127.0.0.1:{0}/_", "file:///etc/passwd",
        "ftp://127.0.0.1:{0}/", "dict://127.0.0.1:{0}/", "unix:///var/run/docker.sock", "http://127.0.0.1 :{0}/v1", "http://127.0.0.1%20:{0}/v1", "http://127.0.0.1%00.example.com:{0}/v1",
        "http://[::1%25lo]:{0}/v1", "http://[::1]@8.8.8.8:{0}/v1",
    ];

    private readonly TrapListener _trap = new();
    private readonly Unshielded _gateway;

    public SsrfTests(Unshielded gateway)
    {
        _gateway = gateway;
        _gateway.Upstream.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _trap.DisposeAsync();

    [Fact]
    public async Task Provider_OfTheApi_LeadsToNoPrivateAddress()
    {
        string[] urls = [.. Hosts.Select(host => $"http://{host}:{{0}}/v1"), .. Confusions];
        Assert.True(urls.Length >= 60, $"There are {urls.Length}.");
        var number = 0;
        foreach (var url in urls)
        {
            await AssertLeadsNowhereAsync(url.Replace("{0}", $"{_trap.Port}", StringComparison.Ordinal), $"p{number++}");
        }

        Assert.Equal(0, _trap.Connections);
    }

    [Fact]
    public async Task Provider_OfTheFile_MayBePrivateButNoMetadataService()
    {
        using var served = await _gateway.Data.ChatAsync("file-model");
        using var metadata = await _gateway.Data.ChatAsync("metadata-model");

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await AssertForbiddenAsync(metadata, "169.254.169.254");
        Assert.Contains("169.254.169.254", _gateway.Silo.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_ToAnywhere_IsNotFollowed(int status)
    {
        _gateway.Upstream.Behaviour = new Behaviour { Status = status, Body = "", Headers = [$"location: http://127.0.0.1:{_trap.Port}/"] };

        using var response = await _gateway.Data.ChatAsync("file-model");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, _trap.Connections);
    }

    [Theory]
    [InlineData("api_base")]
    [InlineData("base_url")]
    [InlineData("api_key")]
    [InlineData("custom_host")]
    [InlineData("organization")]
    [InlineData("\\u0061pi_base")]
    public async Task Host_InABodyOfAnyRoute_IsRefused(string member)
    {
        var routes = DataRoute.All.Where(static route => route.Method == "POST" && !route.Path.Contains("trans", StringComparison.Ordinal)).ToArray();
        Assert.True(routes.Length >= 12, $"{routes.Length} routes");
        foreach (var route in routes)
        {
            var body = $$"""{"model":"file-model","{{member}}":"http://127.0.0.1:{{_trap.Port}}/v1","max_tokens":9,"prompt":"a","input":"a","query":"q","documents":["a"],"messages":[{"role":"user","content":"Hi"}]}""";
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _gateway.Data.PostAsync(new Uri(route.Path, UriKind.Relative), content, Cancel);
            var answer = await response.Content.ReadAsStringAsync(Cancel);

            // A name with escapes is refused as such.
            var told = member[0] == '\\' ? "written with escapes" : $"'{member}'";
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest && answer.Contains(told, StringComparison.Ordinal), $"{route.Path}: {(int)response.StatusCode} {answer}");
        }

        Assert.Equal(0, _gateway.Upstream.RequestCount);
        Assert.Equal(0, _trap.Connections);
    }

    private async Task AssertLeadsNowhereAsync(string url, string name)
    {
        using var made = await _gateway.Admin.PostAsJsonAsync("/admin/v1/providers", new { name, type = "openai", baseUrl = url, apiKey = "sk-canary-0123456789", models = new[] { name } }, Cancel);
        if (made.StatusCode == HttpStatusCode.BadRequest)
        {
            return;
        }

        Assert.True(made.StatusCode == HttpStatusCode.Created, $"{url}: {(int)made.StatusCode}");
        using var check = await _gateway.Admin.PostAsync(new Uri($"/admin/v1/providers/{name}/check", UriKind.Relative), null, Cancel);
        var found = JsonNode.Parse(await check.Content.ReadAsStringAsync(Cancel))!;
        Assert.False((bool)found["healthy"]!, url);
        await Wait.UntilAsync(async () => (await _gateway.Data.GetStringAsync("/v1/models", Cancel)).Contains($"\"{name}\"", StringComparison.Ordinal), $"the model {name} is listed", TimeSpan.FromSeconds(30));
        using var response = await _gateway.Data.ChatAsync($"{name}/{name}");
        if (!((string)found["detail"]!).Contains("NameResolutionError", StringComparison.Ordinal))
        {
            await AssertForbiddenAsync(response, url);
        }
    }

    private static async Task AssertForbiddenAsync(HttpResponseMessage response, string what)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.BadGateway, $"{what}: {(int)response.StatusCode} {text}");
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal(("upstream_error", "upstream_forbidden"), ((string?)error["type"], (string?)error["code"]));
        Assert.DoesNotContain("169.254", text, StringComparison.Ordinal);
    }

    /// <summary>Nothing private is allowed; circuits stay closed, so that each test is asked of the provider.</summary>
    public sealed class Unshielded : GatewayOverOne
    {
        private protected override JsonObject Config() => new()
        {
            ["Providers"] = new JsonArray(
                ProgramOptions.Provider("of-the-file", "openai", new Uri(Upstream.Url, "/v1"), "file-model"),
                ProgramOptions.Provider("metadata", "openai", new Uri("http://169.254.169.254/v1"), "metadata-model")),
            ["Outbound"] = new JsonObject { ["AllowPrivate"] = new JsonArray() },
            ["Routing"] = new JsonObject { ["Circuit"] = new JsonObject { ["ConsecutiveFailures"] = 1000, ["MinimumCalls"] = 1000 } },
        };
    }
}
