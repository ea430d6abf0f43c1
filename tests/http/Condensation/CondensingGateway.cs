using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>The product as one process that condenses by itself, before models of small contexts, with a model that summarises.</summary>
public sealed class CondensingGateway : IAsyncLifetime
{
    /// <summary>2,000 tokens, counted exactly.</summary>
    public const string Chat = "gpt-4o-small";

    /// <summary>As <see cref="Chat"/>, and not condensed by itself.</summary>
    public const string Off = "gpt-4o-off";

    /// <summary>2,000 tokens, estimated; costs nothing.</summary>
    public const string Free = "free-talk";

    /// <summary>3,000 tokens of Anthropic's, estimated.</summary>
    public const string Claude = "claude-small";

    /// <summary>2,000 tokens, behind Responses.</summary>
    public const string Responses = "gpt-4o-responses";

    /// <summary>An alias of a model of 1,000 tokens and one of 3,000 tokens, in this order.</summary>
    public const string Growing = "growing";

    /// <summary>No context is known of it, and 300 tokens are wanted.</summary>
    public const string Capped = "gpt-4o-capped";

    /// <summary>The longest time that summaries may take: enough for them on a busy machine.</summary>
    public static readonly TimeSpan SummaryLimit = TimeSpan.FromSeconds(5);

    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    /// <summary>Of all models but the one that summarises.</summary>
    public ScriptedUpstream Upstream { get; private set; } = null!;

    /// <summary>Of the model that summarises.</summary>
    public ScriptedUpstream Writer { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    /// <summary>With the key of an administrator.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>With a key of the role <c>user</c>.</summary>
    public HttpClient User { get; private set; } = null!;

    /// <summary>The key of <see cref="User"/>.</summary>
    public string UserKey { get; private set; } = "";

    public HttpClient Ops { get; private set; } = null!;

    private HttpClient AdminPlane { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Writer = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Admin = Client(_adminKey);
        AdminPlane = TestHttp.Client(Gateway.Admin);
        AdminPlane.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _adminKey);
        Ops = TestHttp.Client(Gateway.Ops);
        UserKey = await KeyAsync(new { name = "app", roles = new[] { "user" } });
        User = Client(UserKey);
    }

    /// <summary>Makes a key.</summary>
    public async Task<string> KeyAsync(object wish)
    {
        using var created = await AdminPlane.PostAsJsonAsync("/admin/v1/keys", wish);
        created.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["key"]!;
    }

    /// <summary>Makes a team and a user of it.</summary>
    public async Task MakeUserAsync(string user, string team)
    {
        using var madeTeam = await AdminPlane.PostAsJsonAsync("/admin/v1/teams", new { id = team });
        using var madeUser = await AdminPlane.PostAsJsonAsync("/admin/v1/users", new { id = user, team });
        madeTeam.EnsureSuccessStatusCode();
        madeUser.EnsureSuccessStatusCode();
    }

    /// <summary>A client with a key.</summary>
    public HttpClient Client(string key)
    {
        var client = TestHttp.Client(Gateway.Data);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A request of the user, or of <paramref name="client"/>.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, string body, string? condense = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (condense is not null)
        {
            request.Headers.Add("x-proxy-condense", condense);
        }

        return await (client ?? User).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>What operators are told of a request.</summary>
    public async Task<JsonNode> ExplainAsync(string requestId) =>
        JsonNode.Parse(await AdminPlane.GetStringAsync(new Uri($"/admin/v1/requests/{requestId}", UriKind.Relative)))!;

    /// <summary>What the cluster has spent.</summary>
    public async Task<JsonNode> UsageAsync(string by) =>
        JsonNode.Parse(await AdminPlane.GetStringAsync(new Uri($"/admin/v1/usage?by={by}", UriKind.Relative)))!;

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        AdminPlane?.Dispose();
        User?.Dispose();
        Ops?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
        await Writer.DisposeAsync();
    }

    private JsonObject Config()
    {
        var url = new Uri(Upstream.Url, "/v1");
        var tiny = Provider("tiny", "openai", url, ("gpt-4o-growing", 1000));
        var big = Provider("big", "openai", url, ("gpt-4o-growing", 3000));
        var free = Provider("free", "openai", url, (Free, 2000));
        free["Models"] = new JsonArray(new JsonObject { ["Id"] = Free, ["ContextLength"] = 2000, ["InputCostPerMillion"] = 0, ["OutputCostPerMillion"] = 0 });
        var writer = ProgramOptions.Provider("writer", "openai", new Uri(Writer.Url, "/v1"));
        writer["Models"] = new JsonArray(new JsonObject { ["Id"] = "writer-1", ["InputCostPerMillion"] = 1, ["OutputCostPerMillion"] = 1 });
        return new JsonObject
        {
            ["Providers"] = new JsonArray(
                Provider("openai-like", "openai", url, (Chat, 2000), (Off, 2000), (Capped, 0)),
                Provider("anthropic-like", "anthropic", url, (Claude, 3000)),
                Provider("responses-like", "openai-responses", url, (Responses, 2000)),
                tiny,
                big,
                free,
                writer),
            ["Aliases"] = new JsonObject
            {
                [Growing] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray("tiny/gpt-4o-growing", "big/gpt-4o-growing") },
            },
            ["Condensation"] = new JsonObject
            {
                ["Automatic"] = true,
                ["AnswerTokens"] = 200,
                ["MaxBodyBytes"] = 256 * 1024,
                ["SummaryModel"] = "writer/writer-1",
                ["SummaryTimeLimitMs"] = SummaryLimit.TotalMilliseconds,
                ["Models"] = new JsonObject
                {
                    [Off] = new JsonObject { ["Automatic"] = false },
                    [Capped] = new JsonObject { ["MaxTokens"] = 300, ["Strategy"] = "temporal" },
                },
            },
            ["Auth"] = new JsonObject
            {
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
            },
            ["RateLimits"] = new JsonObject
            {
                ["RequestsPerMinute"] = 0,
                ["RequestsPerHour"] = 0,
                ["Users"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = 0 },
            },
            ["Routing"] = new JsonObject
            {
                ["ExplorationPercent"] = 0,
                ["Health"] = new JsonObject { ["ActiveChecks"] = false },
                ["Retry"] = new JsonObject { ["AskAgain"] = false },
            },
        };
    }

    private static JsonObject Provider(string name, string type, Uri url, params (string Id, int Context)[] models)
    {
        var provider = ProgramOptions.Provider(name, type, url);
        provider["Models"] = new JsonArray([.. models.Select(static model => new JsonObject { ["Id"] = model.Id, ["ContextLength"] = model.Context })]);
        return provider;
    }
}
