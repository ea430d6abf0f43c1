using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>The limit of all requests of an address: those that nobody answers count too.</summary>
public sealed class AddressLimitTests : IAsyncLifetime
{
    private const int Most = 6;

    private readonly string _key = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
    private SiloProcess _silo = null!;
    private HttpClient _data = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
                ["Auth"] = new JsonObject { ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = _key, ["Roles"] = new JsonArray("admin") }) },
                ["RateLimits"] = new JsonObject { ["Address"] = new JsonObject { ["RequestsPerMinute"] = Most, ["FailedAuthenticationsPerMinute"] = 0 } },
            },
        });
        _data = TestHttp.Client(_silo.Data);
    }

    public async ValueTask DisposeAsync()
    {
        _data.Dispose();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task Request_ThatNobodyAnswers_CountsAgainstItsAddress()
    {
        var seen = new List<HttpStatusCode>();
        for (var i = 0; i < Most / 3; i++)
        {
            seen.Add(await AskAsync(HttpMethod.Get, "/v1/nothing"));
            seen.Add(await AskAsync(HttpMethod.Get, "/v1/chat/completions"));
            seen.Add(await AskAsync(HttpMethod.Get, "/nothing"));
        }

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, seen);
        Assert.Contains(HttpStatusCode.NotFound, seen);
        Assert.Contains(HttpStatusCode.MethodNotAllowed, seen);
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/v1/nothing"), (HttpMethod.Get, "/v1/chat/completions"), (HttpMethod.Post, "/v1/models"), (HttpMethod.Get, "/nothing"), (HttpMethod.Get, "/v1/models") })
        {
            Assert.Equal((path, HttpStatusCode.TooManyRequests), (path, await AskAsync(method, path)));
        }
    }

    private async Task<HttpStatusCode> AskAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Authorization", "Bearer " + _key);
        using var answer = await _data.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
