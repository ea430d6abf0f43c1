using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>One machine, SQLite: what is acknowledged survives the death of the process.</summary>
public sealed class EmbeddedFaultTests
{
    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    [Fact]
    public async Task Process_KilledAndStartedAgain_KeepsProvidersKeysAndLimits()
    {
        await using var upstream = await UpstreamProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(Options(upstream, requestsPerMinute: 3));
        using var admin = Client(silo.Admin, _adminKey);
        using var made = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "app", roles = new[] { "user" } });
        var key = (await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
        using var provider = await admin.PostAsJsonAsync("/admin/v1/providers", new
        {
            name = "by-api",
            type = "openai",
            baseUrl = new Uri(upstream.Url, "/v1").ToString(),
            models = new[] { "api-model" },
        });
        Assert.True(provider.StatusCode == HttpStatusCode.Created, await provider.Content.ReadAsStringAsync());
        using var client = Client(silo.Data, key);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await ChatAsync(client, "test-model"));
        }

        await silo.Process.KillAsync();
        await silo.RestartAsync();

        using var again = Client(silo.Data, key);
        Assert.Equal(HttpStatusCode.TooManyRequests, await ChatAsync(again, "test-model"));
        using var unlimited = Client(silo.Data, _adminKey);
        Assert.Equal(HttpStatusCode.OK, await ChatAsync(unlimited, "api-model"));
    }

    [Fact]
    public async Task Process_KilledDuringABlock_HoldsItToItsEnd()
    {
        await using var upstream = await UpstreamProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(Options(upstream, requestsPerMinute: 100));
        var (subject, key) = await CreateKeyAsync(silo, new { requestsPerMinute = 0, requestsPerHour = 3 });
        using var client = Client(silo.Data, key);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await ChatAsync(client, "test-model"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await ChatAsync(client, "test-model"));
        var end = await BlockEndAsync(silo, subject);

        await silo.Process.KillAsync();
        await silo.RestartAsync();

        using var again = Client(silo.Data, key);
        Assert.Equal(HttpStatusCode.TooManyRequests, await ChatAsync(again, "test-model"));
        Assert.InRange(await BlockEndAsync(silo, subject), end.AddSeconds(-1), end.AddSeconds(1));
    }

    [Fact]
    public async Task Process_StartedAgain_GoesOnCountingUsage()
    {
        await using var upstream = await UpstreamProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(Options(upstream, requestsPerMinute: 100));
        foreach (var requests in new[] { 1, 2 })
        {
            using var client = Client(silo.Data, _adminKey);
            Assert.Equal(HttpStatusCode.OK, await ChatAsync(client, "test-model"));
            using var admin = Client(silo.Admin, _adminKey);
            await Wait.UntilAsync(async () => await RequestsAsync(admin) == requests, $"{requests} requests are in the ledger", TimeSpan.FromSeconds(30));
            await silo.Process.KillAsync();
            await silo.RestartAsync();
        }

        using var last = Client(silo.Admin, _adminKey);
        Assert.Equal(2, await RequestsAsync(last));
    }

    [Fact]
    public async Task SecondProcess_OnTheSameDataDirectory_RefusesWithOneSentence()
    {
        await using var upstream = await UpstreamProcess.StartAsync();
        await using var silo = await SiloProcess.StartAsync(Options(upstream, requestsPerMinute: 100));
        var directory = Directory.CreateTempSubdirectory("proxycluster-second-").FullName;
        try
        {
            var options = Options(upstream, requestsPerMinute: 100);
            options.Config["Cluster"] = new JsonObject { ["DataDirectory"] = Path.Combine(silo.Directory, "data") };
            await using var second = await SiloProcess.StartAsync(options with { Directory = directory, WaitUntilReady = false });
            await second.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30));

            Assert.NotEqual(0, second.Process.ExitCode);
            var line = Assert.Single(second.Process.Output.Split('\n'), line => line.Contains("data", StringComparison.Ordinal));
            Assert.Contains("another process", line, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", second.Process.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private ProgramOptions Options(UpstreamProcess upstream, int requestsPerMinute) => new()
    {
        Config = new JsonObject
        {
            ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(upstream.Url, "/v1"), "test-model")),
            ["Auth"] = new JsonObject
            {
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "admin", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
            },
            ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = requestsPerMinute },
        },
    };

    private static HttpClient Client(Uri address, string key)
    {
        var client = TestHttp.Client(address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private async Task<(string Subject, string Key)> CreateKeyAsync(SiloProcess silo, object limits)
    {
        using var admin = Client(silo.Admin, _adminKey);
        using var made = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "app", roles = new[] { "user" }, limits });
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        var key = (await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
        return ($"key:{key["sk-pc-".Length..][..12]}", key);
    }

    private async Task<DateTimeOffset> BlockEndAsync(SiloProcess silo, string subject)
    {
        using var admin = Client(silo.Admin, _adminKey);
        var status = (await admin.GetFromJsonAsync<JsonObject>($"/admin/v1/limits/{subject}"))!;
        Assert.True(status["block"] is not null, status.ToJsonString());
        Assert.Equal("hour", (string?)status["block"]!["window"]);
        return TimeProvider.System.GetUtcNow().AddSeconds((double)status["block"]!["endsInSeconds"]!);
    }

    private static async Task<long> RequestsAsync(HttpClient admin)
    {
        using var answer = await admin.GetAsync("/admin/v1/usage?by=key");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["data"]!.AsArray().Sum(static row => row!["requests"]!.GetValue<long>());
    }

    private static async Task<HttpStatusCode> ChatAsync(HttpClient client, string model)
    {
        using var answer = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "Hello" } } });
        return answer.StatusCode;
    }
}
