using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Http.OwnCode;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Routing;

/// <summary>
/// The product as one process with the sample strategy, three providers of one model that differ in price and place, one that
/// is off, a spare and two others for the sample strategy alone, and pairs of providers whose alias falls back from the one to the other.
/// </summary>
public sealed class RoutedGateway : IAsyncLifetime
{
    /// <summary>Of <c>alpha</c> (dear), <c>beta</c> (cheap) and <c>gamma</c>; <c>delta</c> is off.</summary>
    public const string SharedModel = "shared";

    /// <summary>The model that takes over, told by the upstream it is sent to.</summary>
    public const string Rescue = "rescue-1";

    private const int Chains = 40;

    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
    private int _nextChain;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    /// <summary>With the key of an administrator.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>The admin plane, with the same key.</summary>
    public HttpClient AdminPlane { get; private set; } = null!;

    /// <summary>With a key that has no role.</summary>
    public HttpClient User { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Admin = Client(_adminKey);
        AdminPlane = TestHttp.Client(Gateway.Admin);
        AdminPlane.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _adminKey);
        using var created = await AdminPlane.PostAsJsonAsync("/admin/v1/keys", new { name = "app", roles = new[] { "user" } });
        User = Client((string)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["key"]!);
    }

    /// <summary>The number of an alias <c>chain-N</c> whose model <c>short-N</c> no other test uses.</summary>
    public int NextChain() => Interlocked.Increment(ref _nextChain) is var next and <= Chains
        ? next
        : throw new InvalidOperationException("All prepared chains are used: raise the number in the fixture.");

    /// <summary>A request of the administrator, or of <paramref name="client"/>.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, string body, string? strategy = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (strategy is not null)
        {
            request.Headers.Add("x-proxy-strategy", strategy);
        }

        return await (client ?? Admin).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        AdminPlane?.Dispose();
        User?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await Upstream.DisposeAsync();
    }

    private HttpClient Client(string key)
    {
        var client = TestHttp.Client(Gateway.Data);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private JsonObject Config()
    {
        var url = new Uri(Upstream.Url, "/v1");
        var off = Shared("delta", url, 1, "eu-west-2");
        off["Enabled"] = false;
        var providers = new JsonArray(
            Shared("alpha", url, 30, "us-east-1"),
            Shared("beta", url, 1, "ap-northeast-1"),
            Shared("gamma", url, 10, "eu-west-3"),
            off,
            ProgramOptions.Provider("spare", "openai", url, "spared-1"),
            ProgramOptions.Provider("work-1", "openai", url, "spared-1"),
            ProgramOptions.Provider("work-2", "openai", url, "spared-1"),
            ProgramOptions.Provider("rescuer", "openai", url, Rescue, "rescue-2"));
        var aliases = new JsonObject
        {
            ["cheapest"] = Alias("cost", [SharedModel]),
            ["near"] = Alias("geographic", [SharedModel]),
            ["turns"] = Alias("round_robin", [SharedModel]),
            ["own"] = Alias("acme-spare", [SharedModel]),
            ["spared"] = Alias("acme-spare", ["spared-1"]),
            ["rescue"] = Alias(null, ["rescuer/" + Rescue]),
        };
        for (var i = 1; i <= Chains; i++)
        {
            providers.Add(ProgramOptions.Provider($"first-{i}", "openai", url, $"short-{i}"));
            var chain = Alias(null, [$"first-{i}/short-{i}"]);
            chain["Fallbacks"] = new JsonObject
            {
                ["ContextTooLong"] = new JsonArray("rescuer/rescue-2"),
                ["ContentFilter"] = new JsonArray("rescuer/rescue-2"),
                ["RateLimited"] = new JsonArray("rescuer/rescue-2"),
                ["Any"] = new JsonArray("rescue"),
            };
            aliases[$"chain-{i}"] = chain;
        }

        return new JsonObject
        {
            ["Region"] = "eu-central-1",
            ["Extensions"] = new JsonArray(new JsonObject
            {
                ["Assembly"] = SampleHost.Sample("StrategyPlugin"),
                ["Settings"] = new JsonObject { ["Spare"] = "spare", ["Enough"] = 1 },
            }),
            ["Providers"] = providers,
            ["Aliases"] = aliases,
            ["Auth"] = new JsonObject
            {
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
            },
            ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = 0 },
            ["Routing"] = new JsonObject { ["Retry"] = new JsonObject { ["AskAgain"] = false } },
        };
    }

    private static JsonObject Shared(string name, Uri url, double cost, string region)
    {
        var provider = ProgramOptions.Provider(name, "openai", url);
        provider["Region"] = region;
        provider["Models"] = new JsonArray(new JsonObject { ["Id"] = SharedModel, ["InputCostPerMillion"] = cost, ["OutputCostPerMillion"] = cost });
        return provider;
    }

    private static JsonObject Alias(string? strategy, string[] models)
    {
        var alias = new JsonObject { ["Models"] = new JsonArray([.. models.Select(model => JsonValue.Create(model))]) };
        if (strategy is not null)
        {
            alias["Strategy"] = strategy;
        }

        return alias;
    }
}
