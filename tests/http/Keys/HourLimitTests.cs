using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Keys;

/// <summary>The limit of an hour, where it is the one that is full.</summary>
public sealed class HourLimitTests
{
    private const int PerHour = 5;

    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    [Fact]
    public async Task Requests_OverTheHour_AreRefusedUntilItIsOver()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config(upstream) });
        using var client = TestHttp.Client(gateway.Data);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await CreateKeyAsync(gateway));
        for (var i = 0; i < PerHour; i++)
        {
            using var admitted = await ChatAsync(client);
            Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
            Assert.Equal(Text(PerHour), Header(admitted, "x-ratelimit-limit-requests"));
        }

        using var refused = await ChatAsync(client);

        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal((HttpStatusCode.TooManyRequests, "requests_per_hour"), (refused.StatusCode, (string?)error["code"]));
        Assert.Equal((Text(PerHour), "0"), (Header(refused, "x-ratelimit-limit-requests"), Header(refused, "x-ratelimit-remaining-requests")));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.Equal(PerHour, upstream.RequestCount);
    }

    private JsonObject Config(ScriptedUpstream upstream) => new()
    {
        ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(upstream.Url, "/v1"), "gpt-4o")),
        ["Auth"] = new JsonObject
        {
            ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
        },
        ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = PerHour },
    };

    private async Task<string> CreateKeyAsync(SiloProcess gateway)
    {
        using var admin = TestHttp.Client(gateway.Admin);
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _adminKey);
        using var created = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "app", roles = new[] { "user" } }, TestContext.Current.CancellationToken);
        return (string)JsonNode.Parse(await created.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["key"]!;
    }

    private static Task<HttpResponseMessage> ChatAsync(HttpClient client) => client.PostAsJsonAsync(
        "/v1/chat/completions",
        new { model = "gpt-4o", messages = new[] { new { role = "user", content = "Hello" } } },
        TestContext.Current.CancellationToken);

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
