using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Outbound;

/// <summary>The endpoint that gives out one provider's tokens fails in its ways: another provider serves, and the endpoint is left in peace.</summary>
public sealed class TokenEndpointFaultTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{\"access_token\":\"ya2")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("")]
    public async Task Endpoint_ThatGivesNoToken_LeavesItsProviderToTheNext(string says)
    {
        await using var tokens = new ScriptedPeer(new PeerAnswer(says));
        await using var upstream = await ScriptedUpstream.StartAsync();
        using var account = new AccountFile(tokens.Url);
        await using var silo = await StartAsync(account, upstream);
        using var client = TestHttp.Client(silo.Data);
        const int Requests = 20;

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(client)));

        Assert.All(answers, static answer => Assert.Equal((HttpStatusCode.OK, "sound"), answer));
        Assert.InRange(tokens.Heads.Count, 1, Requests / 2);
        Assert.DoesNotContain("/publishers/", string.Concat(upstream.Requests.Select(static request => request.Target)), StringComparison.Ordinal);
    }

    private static Task<SiloProcess> StartAsync(AccountFile account, ScriptedUpstream upstream)
    {
        var vertex = ProgramOptions.Provider("vertex", "vertex", new Uri(upstream.Url, "/v1"), "gemini-2.5-flash");
        vertex["ApiKey"] = "file:" + account.Path;
        return SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(vertex, ProgramOptions.Provider("sound", "openai", new Uri(upstream.Url, "/v1"), "m")),
                ["Aliases"] = new JsonObject
                {
                    ["either"] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray("vertex/gemini-2.5-flash", "sound/m") },
                },
            },
        });
    }

    private static async Task<(HttpStatusCode Status, string Provider)> AskAsync(HttpClient client)
    {
        using var response = await client.ChatAsync("either");
        return (response.StatusCode, response.Headers.TryGetValues("x-proxy-provider", out var names) ? names.Single() : "nobody");
    }

    private sealed class AccountFile : IDisposable
    {
        public AccountFile(Uri tokenUri)
        {
            using var key = RSA.Create(2048);
            File.WriteAllText(Path, new JsonObject
            {
                ["type"] = "service_account",
                ["project_id"] = "planted",
                ["client_email"] = "gateway@planted.iam.gserviceaccount.com",
                ["private_key_id"] = "1",
                ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
                ["token_uri"] = new Uri(tokenUri, "/token").ToString(),
            }.ToJsonString());
        }

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
