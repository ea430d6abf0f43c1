using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using StackExchange.Redis;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Texts of strangers that mean to be more than a name to the store: none of them becomes one (RELIABILITY S7).</summary>
public sealed class StoredNameTests
{
    private const string Mark = "h0stile";

    private static readonly string[] Hostile =
    [
        $"{Mark}\r\nFLUSHALL\r\n", $"*1\r\n$8\r\nFLUSHALL\r\n{Mark}", $"{Mark}{{a}}", $"{Mark}*", $"{Mark}?[a-z]", $"{Mark}\0b", $"'; DROP TABLE state; --{Mark}", $"%' OR 1=1 --{Mark}",
        $"{Mark}%%%%", $"{Mark}\" .. redis.call('flushall') .. \"", $"../{Mark}", $"{Mark}/{Mark}", $"{Mark}\u202e\u0000", new string('a', 1_000_000) + Mark,
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_SentWhereverTheyFit_BecomeNoNameInTheStore()
    {
        await using var redis = await RedisServer.StartAsync();
        var key = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
        await using var silo = await SiloProcess.StartAsync(Options(redis, key));
        using var data = TestHttp.Client(silo.Data);
        using var admin = TestHttp.Client(silo.Admin);
        foreach (var client in new[] { data, admin })
        {
            client.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        }

        var asked = 0;
        foreach (var text in Hostile)
        {
            asked += await AskAsync(data, admin, text);
        }

        using var made = await admin.PostAsJsonAsync("/admin/v1/teams", new { id = "sound" }, Cancel);
        Assert.True(made.IsSuccessStatusCode, "A sound name is still taken.");

        Assert.True(asked > 100, string.Create(CultureInfo.InvariantCulture, $"{asked} requests were answered."));
        using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var names = store.GetServers().SelectMany(static server => server.Keys(pattern: "*", pageSize: 1000)).Select(static name => (string)name!).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, static name =>
        {
            Assert.DoesNotContain(Mark, name, StringComparison.Ordinal);
            Assert.True(name.Length < 512 && name.All(static c => c is > ' ' and <= '~'), $"A name of the store is {name[..Math.Min(name.Length, 100)]}.");
        });
    }

    private static async Task<int> AskAsync(HttpClient data, HttpClient admin, string text)
    {
        var escaped = Uri.EscapeDataString(text.Length > 4000 ? text[^4000..] : text);
        var json = JsonSerializer.Serialize(text);
        var answered = 0;
        foreach (var path in new[] { "keys", "users", "teams", "providers", "requests" })
        {
            answered += await CountAsync(admin.GetAsync($"/admin/v1/{path}/{escaped}", Cancel));
            answered += await CountAsync(admin.DeleteAsync($"/admin/v1/{path}/{escaped}", Cancel));
        }

        answered += await CountAsync(admin.PostAsync("/admin/v1/users", Json($$"""{"id":{{json}}}"""), Cancel));
        answered += await CountAsync(admin.PostAsync("/admin/v1/teams", Json($$"""{"id":{{json}}}"""), Cancel));
        answered += await CountAsync(admin.PostAsync("/admin/v1/providers", Json($$"""{"name":{{json}},"type":"simulator"}"""), Cancel));
        answered += await CountAsync(admin.PostAsync("/admin/v1/keys", Json($$"""{"name":"a","user":{{json}}}"""), Cancel));
        answered += await CountAsync(data.PostAsync("/v1/chat/completions", Json($$"""{"model":{{json}},"messages":[{"role":"user","content":"Hi"}]}"""), Cancel));
        answered += await CountAsync(data.PostAsync("/v1/chat/completions", Json($$"""{"model":"m","user":{{json}},"messages":[{"role":"user","content":{{json}}}]}"""), Cancel));
        answered += await CountAsync(data.PostAsync("/v1/responses", Json($$"""{"model":"m","previous_response_id":{{json}},"input":"Hi"}"""), Cancel));
        foreach (var header in new[] { "x-proxy-tag", "x-request-id", "idempotency-key", "x-proxy-provider", "x-proxy-region", "x-proxy-strategy", "user-agent" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Json("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""") };
            request.Headers.TryAddWithoutValidation(header, text.Length > 4000 ? text[^4000..] : text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\0', ' '));
            answered += await CountAsync(data.SendAsync(request, Cancel));
        }

        return answered;
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    // What the client itself does not send is as good as refused.
    private static async Task<int> CountAsync(Task<HttpResponseMessage> sending)
    {
        try
        {
            using var response = await sending;
            Assert.True((int)response.StatusCode is < 500 or 503, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
            return 1;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static ProgramOptions Options(RedisServer redis, string key) => new()
    {
        Config = new JsonObject
        {
            ["Cluster"] = new JsonObject { ["Redis"] = redis.ConnectionString, ["AdvertisedAddress"] = "127.0.0.1" },
            ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "p", ["Type"] = "simulator", ["Models"] = new JsonArray("m") }),
            ["Auth"] = new JsonObject
            {
                ["Pepper"] = "${PC_PEPPER}",
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = "${PC_KEY}", ["Roles"] = new JsonArray("admin") }),
            },
            ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 100_000, ["RequestsPerHour"] = 1_000_000 },
        },
        Environment = new Dictionary<string, string?> { ["PC_KEY"] = key, ["PC_PEPPER"] = "pepper of 32 characters at least, so." },
    };
}
