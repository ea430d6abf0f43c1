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

/// <summary>Limits beside those of a key's windows, in the product as one process.</summary>
public sealed class LimitLevelTests : IAsyncLifetime
{
    private const string Limited = "gpt-4o-limited";
    private const string Slashed = "upstream/gpt-4o-slash*";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
    private ScriptedUpstream _upstream = null!;
    private SiloProcess _gateway = null!;
    private HttpClient _data = null!;
    private HttpClient _admin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(ProgramOptions.Provider("upstream", "openai", new Uri(_upstream.Url, "/v1"), "gpt-4o*")),
                ["Auth"] = new JsonObject
                {
                    ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
                },
                ["RateLimits"] = new JsonObject
                {
                    ["RequestsPerMinute"] = 40,
                    ["Concurrency"] = 2,
                    ["Models"] = new JsonArray(
                        new JsonObject { ["Name"] = Limited, ["RequestsPerMinute"] = 2 },
                        new JsonObject { ["Name"] = Slashed, ["RequestsPerMinute"] = 1 },
                        new JsonObject { ["Name"] = "gpt-4o-shadow", ["RequestsPerMinute"] = 1, ["Mode"] = "shadow" }),
                },
            },
        });
        _data = TestHttp.Client(_gateway.Data);
        _admin = TestHttp.Client(_gateway.Admin);
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _adminKey);
    }

    public async ValueTask DisposeAsync()
    {
        _data.Dispose();
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Model_OverItsLimit_IsRefusedForAllKeys_AndOthersGoOn()
    {
        var keys = new[] { await CreateKeyAsync(), await CreateKeyAsync(), await CreateKeyAsync() };
        Assert.Equal("200", await StatusAsync(keys[0], Limited));
        Assert.Equal("200", await StatusAsync(keys[1], Limited));
        Assert.Equal("429 requests_per_minute", await StatusAsync(keys[2], Limited));
        Assert.Equal("200", await StatusAsync(keys[2], "gpt-4o"));
    }

    [Fact]
    public async Task Shadow_NeverRefuses()
    {
        var key = await CreateKeyAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("200", await StatusAsync(key, "gpt-4o-shadow"));
        }
    }

    [Fact]
    public async Task RequestsInFlight_AreLimited_AndFreeWhenTheirClientsLeft()
    {
        var key = await CreateKeyAsync();
        _upstream.Behaviour = new Behaviour { DelayBeforeHeaders = TimeSpan.FromMinutes(5) };
        using var leaving = new CancellationTokenSource();
        var held = new[] { SendAsync(key, "gpt-4o", leaving.Token), SendAsync(key, "gpt-4o", leaving.Token) };
        await Wait.UntilAsync(() => AreAtTheProviderAsync(held), "both are at the provider", Patience);

        Assert.Equal("429 concurrency", await StatusAsync(key, "gpt-4o"));
        _upstream.Behaviour = Behaviour.Default;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(held));

        await Wait.UntilAsync(async () => await StatusAsync(key, "gpt-4o") == "200", "their places are free", Patience);
    }

    [Fact]
    public async Task Usage_OfOtherDays_IsRefusedOverTheLimit_AndThatOfTodayIsTold()
    {
        var key = await CreateKeyAsync();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal("200", await UsageAsync(key, "?from=2026-01-01&to=2026-03-31"));
        }

        Assert.Equal("429", await UsageAsync(key, "?from=2026-01-01&to=2026-03-31"));
        Assert.Equal("200", await UsageAsync(key, ""));
    }

    [Fact]
    public async Task Admin_SeesHowASubjectStands()
    {
        var key = await CreateKeyAsync();
        for (var i = 0; i < 3; i++)
        {
            await StatusAsync(key, "gpt-4o");
        }

        var subject = $"key:{key["sk-pc-".Length..][..12]}";
        var status = JsonNode.Parse(await _admin.GetStringAsync($"/admin/v1/limits/{subject}", Cancel))!;

        Assert.Equal((subject, "key"), ((string?)status["subject"], (string?)status["level"]));
        var minute = status["windows"]!.AsArray().Single(window => (string?)window!["window"] == "minute")!;
        Assert.Equal((40, true), ((int)minute["limit"]!, (int)minute["remaining"]! <= 37));
        Assert.Null(status["block"]);
    }

    [Fact]
    public async Task Admin_SeesTheLimitOfAModelWithASlash_AndLetsItGoOn()
    {
        var key = await CreateKeyAsync();
        const string Model = "upstream/gpt-4o-slashed";
        Assert.Equal("200", await StatusAsync(key, Model));
        Assert.Equal("429 requests_per_minute", await StatusAsync(key, Model));

        var status = JsonNode.Parse(await _admin.GetStringAsync($"/admin/v1/limits/model:{Slashed}", Cancel))!;
        using var lifted = await _admin.PostAsync($"/admin/v1/limits/unblock/model:{Slashed}", null, Cancel);

        Assert.Equal(($"model:{Slashed}", "model"), ((string?)status["subject"], (string?)status["level"]));
        Assert.Equal(1, (int)status["windows"]!.AsArray().Single(window => (string?)window!["window"] == "minute")!["limit"]!);
        Assert.Equal(HttpStatusCode.NoContent, lifted.StatusCode);
        await Wait.UntilAsync(async () => await StatusAsync(key, Model) == "200", "what was used is forgotten", Patience);
    }

    [Fact]
    public async Task Strangers_AreRefusedAfterTwentyWrongKeysInAMinute_AndGoodKeysStillPass()
    {
        var key = await CreateKeyAsync();
        var statuses = new List<string>();
        for (var i = 0; i < 21; i++)
        {
            statuses.Add(await StatusAsync(ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes)), "gpt-4o"));
        }

        Assert.Equal(20, statuses.Count(status => status == "401 invalid_api_key"));
        Assert.Equal("429 requests_per_address", statuses[^1]);
        Assert.Equal("200", await StatusAsync(key, "gpt-4o"));
    }

    // One that is answered will never get there: the answer says why.
    private async Task<bool> AreAtTheProviderAsync(Task<HttpResponseMessage>[] held)
    {
        foreach (var one in held.Where(static one => one.IsCompleted))
        {
            Assert.Fail($"{(await one).StatusCode}: {await (await one).Content.ReadAsStringAsync(Cancel)}");
        }

        return _upstream.RequestCount == held.Length;
    }

    private async Task<string> CreateKeyAsync()
    {
        using var created = await _admin.PostAsJsonAsync("/admin/v1/keys", new { name = "app", roles = new[] { "user" } }, Cancel);
        return (string)JsonNode.Parse(await created.Content.ReadAsStringAsync(Cancel))!["key"]!;
    }

    private async Task<string> UsageAsync(string key, string days)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/usage" + days);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await _data.SendAsync(request, Cancel);
        return ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
    }

    private async Task<string> StatusAsync(string key, string model)
    {
        using var response = await SendAsync(key, model, Cancel);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return "200";
        }

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        return $"{(int)response.StatusCode} {error["code"]}";
    }

    private async Task<HttpResponseMessage> SendAsync(string key, string model, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model, messages = new[] { new { role = "user", content = "Hello" } } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _data.SendAsync(request, cancellationToken);
    }
}
