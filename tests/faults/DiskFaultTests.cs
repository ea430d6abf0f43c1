using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>One machine, SQLite, and no room on its disk: requests go on, changes are refused whole, and nothing needs a restart.</summary>
public sealed class DiskFaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    [Fact]
    public async Task FullDisk_RequestsGoOn_ChangesAreRefused_AndWorkAgainWithRoom()
    {
        Requirement.Program("prlimit");
        DiskLimit.Prepare();
        await using var upstream = await UpstreamProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(Options(upstream));
        using var admin = Client(silo.Admin, _adminKey);
        var key = await MakeKeyAsync(admin, "before");
        using var client = Client(silo.Data, key);
        await ChatAsync(client);

        await DiskLimit.FillAsync(silo.Process);
        using (var refused = await admin.PostAsJsonAsync("/admin/v1/teams", new { id = "meanwhile" }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        }

        for (var i = 0; i < 20; i++)
        {
            await ChatAsync(client);
        }

        await DiskLimit.FreeAsync(silo.Process);
        using (var none = await admin.GetAsync("/admin/v1/teams/meanwhile"))
        {
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        await Wait.UntilAsync(() => IsMadeAsync(admin, "after"), "a team is made with room on the disk", Patience);
        await ChatAsync(client);
        await silo.Process.KillAsync();
        await silo.RestartAsync();

        using var again = Client(silo.Admin, _adminKey);
        using var kept = await again.GetAsync("/admin/v1/teams/after");
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        using var server = Client(silo.Data, key);
        await ChatAsync(server);
    }

    private ProgramOptions Options(UpstreamProcess upstream) => new()
    {
        Config = new JsonObject
        {
            ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(upstream.Url, "/v1"), "test-model")),
            ["Auth"] = new JsonObject
            {
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "admin", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
            },
        },
    };

    private static async Task<string> MakeKeyAsync(HttpClient admin, string name)
    {
        using var made = await admin.PostAsJsonAsync("/admin/v1/keys", new { name, roles = new[] { "user" } });
        return (await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
    }

    private static async Task<bool> IsMadeAsync(HttpClient admin, string team)
    {
        using var made = await admin.PostAsJsonAsync("/admin/v1/teams", new { id = team });
        return made.StatusCode == HttpStatusCode.Created;
    }

    private static HttpClient Client(Uri address, string key)
    {
        var client = TestHttp.Client(address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task ChatAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "test-model", messages = new[] { new { role = "user", content = "Hello" } } });
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
