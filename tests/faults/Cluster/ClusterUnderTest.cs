using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults.Cluster;

/// <summary>Silos and gateways as processes on a Redis of their own, in front of one scripted upstream.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    /// <summary>The model that every cluster here serves.</summary>
    public const string Model = "test-model";

    /// <summary>Where a provider's key is found: a cluster takes none that is written out.</summary>
    public const string UpstreamKey = "${PC_TEST_UPSTREAM_KEY}";

    private readonly List<SiloProcess> _silos = [];
    private readonly List<GatewayProcess> _gateways = [];
    private readonly Dictionary<string, string?> _environment;
    private readonly JsonObject _routes;

    private ClusterUnderTest(RedisServer redis, UpstreamProcess upstream, JsonObject routes)
    {
        _routes = routes;
        Redis = redis;
        Upstream = upstream;
        _environment = new()
        {
            ["PC_TEST_PEPPER"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(32)),
            ["PC_TEST_ADMIN_KEY"] = AdminKey,
            ["PC_TEST_UPSTREAM_KEY"] = "upstream-key",
        };
    }

    public RedisServer Redis { get; }

    public UpstreamProcess Upstream { get; }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IReadOnlyList<GatewayProcess> Gateways => _gateways;

    /// <summary>A key of the configuration file, with role admin.</summary>
    public string AdminKey { get; } = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    /// <param name="silos">How many silos.</param>
    /// <param name="gateways">How many gateways.</param>
    /// <param name="rateLimits">The configuration's <c>RateLimits</c>; <see langword="null"/>: as good as none.</param>
    /// <param name="upstreamScript">What the upstream of <see cref="Model"/> does.</param>
    /// <param name="routes">Further <c>Providers</c>, <c>Aliases</c>, and <c>Budgets</c>.</param>
    public static async Task<ClusterUnderTest> StartAsync(
        int silos, int gateways, JsonObject? rateLimits = null, string upstreamScript = "", JsonObject? routes = null)
    {
        var redis = await RedisServer.StartAsync();
        UpstreamProcess upstream;
        try
        {
            upstream = await UpstreamProcess.StartAsync("--script", upstreamScript);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }

        var cluster = new ClusterUnderTest(redis, upstream, routes ?? []);
        try
        {
            // The first silo alone, so that the others find a cluster to join.
            await StartAllAsync(cluster._silos, 1, () => SiloProcess.StartAsync(cluster.Options("silo", rateLimits)));
            await StartAllAsync(cluster._silos, silos - 1, () => SiloProcess.StartAsync(cluster.Options("silo", rateLimits)));
            await StartAllAsync(cluster._gateways, gateways, () => GatewayProcess.StartAsync(cluster.Options("all", rateLimits)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    // Where one does not start, the others are in the list, and are ended with it.
    private static async Task StartAllAsync<T>(List<T> started, int count, Func<Task<T>> start)
    {
        var starting = Enumerable.Range(0, count).Select(_ => start()).ToArray();
        await ((Task)Task.WhenAll(starting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        started.AddRange(starting.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result));
        await Task.WhenAll(starting);
    }

    /// <summary>Makes a key through the admin API of the first gateway.</summary>
    public async Task<string> CreateKeyAsync()
    {
        using var admin = Admin(Gateways[0]);
        using var answer = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "load", roles = new[] { "user" } });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonObject>();
        return body!["key"]!.GetValue<string>();
    }

    /// <summary>Adds a provider through the admin API of the first gateway.</summary>
    public async Task AddProviderAsync(string name, params string[] models)
    {
        using var answer = await PostProviderAsync(name, models);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>As <see cref="AddProviderAsync"/>, in a cluster that is hurt: it may have to be asked again.</summary>
    /// <returns>Whether the provider is there.</returns>
    public async Task<bool> TryAddProviderAsync(string name, params string[] models)
    {
        using var answer = await PostProviderAsync(name, models);

        // 409: an attempt whose answer was lost had been taken.
        return answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict;
    }

    /// <summary>Starts another gateway whose file names a provider of its own. Not waited for: it may not start.</summary>
    public Task<GatewayProcess> StartGatewayNamingAsync(string provider)
    {
        var options = Options("all", rateLimits: null);
        options.Config["ConfigGeneration"] = 2;
        options.Config["Providers"]!.AsArray().Add(new JsonObject { ["Name"] = provider, ["Type"] = "simulator" });
        return GatewayProcess.StartAsync(options with { WaitUntilReady = false });
    }

    /// <summary>A client of one gateway's data listener.</summary>
    public static HttpClient Client(GatewayProcess gateway, string key)
    {
        var client = TestHttp.Client(gateway.Data);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public HttpClient Admin(GatewayProcess gateway)
    {
        var client = TestHttp.Client(gateway.Admin);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return client;
    }

    private async Task<HttpResponseMessage> PostProviderAsync(string name, string[] models)
    {
        using var admin = Admin(Gateways[0]);
        return await admin.PostAsJsonAsync("/admin/v1/providers", new
        {
            name,
            type = "openai",
            baseUrl = new Uri(Upstream.Url, "/v1").ToString(),
            apiKey = UpstreamKey,
            models,
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await Upstream.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private ProgramOptions Options(string role, JsonObject? rateLimits) => new()
    {
        Environment = _environment,
        Config = new JsonObject
        {
            ["Role"] = role,
            ["Cluster"] = new JsonObject { [nameof(Redis)] = Redis.ConnectionString },
            ["Auth"] = new JsonObject
            {
                ["Required"] = true,
                ["Pepper"] = "${PC_TEST_PEPPER}",
                ["Keys"] = new JsonArray(new JsonObject
                {
                    ["Name"] = "admin",
                    ["Key"] = "${PC_TEST_ADMIN_KEY}",
                    ["Roles"] = new JsonArray("admin"),
                }),
            },
            ["Providers"] = Providers(),
            ["Aliases"] = _routes["Aliases"]?.DeepClone() ?? new JsonObject(),
            ["Budgets"] = _routes["Budgets"]?.DeepClone() ?? new JsonObject(),
            ["RateLimits"] = rateLimits?.DeepClone() ?? new JsonObject { ["RequestsPerMinute"] = 1_000_000, ["RequestsPerHour"] = 0 },
        },
    };

    private JsonArray Providers()
    {
        var own = ProgramOptions.Provider("upstream", "openai", new Uri(Upstream.Url, "/v1"), Model + "*");
        own["ApiKey"] = UpstreamKey;
        return [own, .. _routes["Providers"]?.AsArray().Select(provider => provider!.DeepClone()) ?? []];
    }
}
