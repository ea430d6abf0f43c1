using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>A cluster of real processes with secrets of every kind in its configuration and its environment. The silo is given what it needs alone.</summary>
internal sealed class PlantedCluster : IAsyncDisposable
{
    private readonly Dictionary<string, string> _secrets = new()
    {
        ["client key"] = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes)),
        ["OpenAI key"] = "sk-proj-planted0openai0" + Random(),
        ["Anthropic key"] = "sk-ant-api03-planted0anthropic0" + Random(),
        ["Gemini key"] = "AIzaSyPlanted0gemini0" + Random(),
        ["AWS secret"] = "planted0aws0" + Random(),
        ["key of the API"] = "no-known-form-planted0api0" + Random(),
        ["Redis password"] = "planted0redis0" + Random(),
        ["token"] = $"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.{Random()}",
        ["pepper"] = "planted0pepper0" + Random(),
        ["previous pepper"] = "planted0earlier0pepper0" + Random(),
        ["audit key"] = "planted0audit0" + Random(),
        ["JWT secret"] = "planted0jwt0" + Random(),
        ["previous KEK"] = "planted0earlier0kek0" + Random(),
        ["KEK"] = "planted0kek0" + Random(),
        ["webhook"] = "https://hooks.slack.com/services/T0/B0/planted0hook0" + Random(),
        ["header of the API"] = "planted0gate0" + Random(),
        ["header of the file"] = "planted0file0gate0" + Random(),
        ["header"] = "planted0cookie0" + Random(),
        ["key of a file"] = "planted0file0" + Random(),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("proxycluster-planted-").FullName;

    private PlantedCluster()
    {
    }

    /// <summary>What was planted, by what it is.</summary>
    public IReadOnlyDictionary<string, string> Secrets => _secrets;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    /// <summary>Takes what is exported.</summary>
    public ScriptedUpstream Collector { get; private set; } = null!;

    public RedisServer Redis { get; private set; } = null!;

    public SiloProcess Silo { get; private set; } = null!;

    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>Between silos, and between gateways and the silo.</summary>
    public (int Silo, int Gateway) Ports { get; } = (FreePorts.Next(), FreePorts.Next());

    /// <param name="watch">Called when Redis has a port, and before anybody uses it.</param>
    public static async Task<PlantedCluster> StartAsync(Action<PlantedCluster>? watch = null)
    {
        var cluster = new PlantedCluster();
        try
        {
            await cluster.BeginAsync(watch);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Defines a provider with a key and a header of its own through the admin API, which the client's key may do.</summary>
    public Task<HttpResponseMessage> AddProviderAsync(HttpClient admin, CancellationToken cancellationToken) => admin.PostAsJsonAsync(
        "/admin/v1/providers",
        new
        {
            name = "of-the-api",
            type = "openai",
            baseUrl = new Uri(Upstream.Url, "/v1").ToString(),
            apiKey = Secrets["key of the API"],
            headers = new Dictionary<string, string> { ["x-gate"] = Secrets["header of the API"] },
            timeoutSeconds = 1,
            totalTimeoutSeconds = 2,
            models = new[] { "api-model" },
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var program in new ProgramUnderTest?[] { Gateway, Silo })
        {
            if (program is not null)
            {
                TestContext.Current.SendDiagnosticMessage(program.Process.Output);
                await program.DisposeAsync();
            }
        }

        foreach (var server in new IAsyncDisposable?[] { Redis, Collector, Upstream })
        {
            await (server?.DisposeAsync() ?? default);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private async Task BeginAsync(Action<PlantedCluster>? watch)
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Upstream.TakesAnything = true;
        Collector = await ScriptedUpstream.StartAsync();
        Collector.TakesAnything = true;
        Collector.Behaviour = new Behaviour { Body = "", ContentType = "application/x-protobuf" };
        Redis = await RedisServer.StartAsync();
        await Redis.CommandAsync($"CONFIG SET requirepass {_secrets["Redis password"]}");
        await File.WriteAllTextAsync(Path.Combine(_folder, "key"), _secrets["key of a file"]);
        watch?.Invoke(this);
        Silo = await SiloProcess.StartAsync(Options("silo", Environment.Where(static variable => !variable.Key.StartsWith("PC_", StringComparison.Ordinal) || variable.Key is "PC_REDIS" or "PC_PEPPER" or "PC_EARLIER_PEPPER" or "PC_AUDIT")));
        Gateway = await GatewayProcess.StartAsync(Options("all", Environment));
    }

    private Dictionary<string, string?> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "2000",
        ["PC_REDIS"] = $"{Redis.ConnectionString},password={_secrets["Redis password"]}",
        ["PC_KEK"] = _secrets["KEK"],
        ["PC_EARLIER_KEK"] = _secrets["previous KEK"],
        ["PC_PEPPER"] = _secrets["pepper"],
        ["PC_EARLIER_PEPPER"] = _secrets["previous pepper"],
        ["PC_AUDIT"] = _secrets["audit key"],
        ["PC_JWT"] = _secrets["JWT secret"],
        ["PC_CLIENT"] = _secrets["client key"],
        ["PC_OPENAI"] = _secrets["OpenAI key"],
        ["PC_ANTHROPIC"] = _secrets["Anthropic key"],
        ["PC_GEMINI"] = _secrets["Gemini key"],
        ["PC_AWS_ID"] = "AKIAPLANTED0000EXAMP",
        ["PC_AWS"] = _secrets["AWS secret"],
        ["PC_GATE"] = _secrets["header of the file"],
    };

    private ProgramOptions Options(string role, IEnumerable<KeyValuePair<string, string?>> environment) => new()
    {
        Config = new JsonObject
        {
            ["Role"] = role,
            ["Cluster"] = new JsonObject { [nameof(Redis)] = "${PC_REDIS}", ["AdvertisedAddress"] = "127.0.0.1", ["SiloPort"] = Ports.Silo, ["GatewayPort"] = Ports.Gateway },
            [nameof(Secrets)] = new JsonObject { ["Kek"] = "${PC_KEK}", ["PreviousKek"] = "${PC_EARLIER_KEK}" },
            ["Audit"] = new JsonObject { ["Key"] = "${PC_AUDIT}" },
            ["Auth"] = new JsonObject
            {
                ["Pepper"] = "${PC_PEPPER}",
                ["PreviousPepper"] = "${PC_EARLIER_PEPPER}",
                ["Jwt"] = new JsonArray(new JsonObject { ["Issuer"] = "issuer", ["Audience"] = "gateway", ["Secret"] = "${PC_JWT}" }),
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = "${PC_CLIENT}", ["Roles"] = new JsonArray("admin") }),
            },
            ["Providers"] = new JsonArray(
                Provider("openai", "openai", "${PC_OPENAI}"),
                Provider("anthropic", "anthropic", "${PC_ANTHROPIC}"),
                Provider("gemini", "gemini", "${PC_GEMINI}"),
                Provider("aws", "bedrock", "${PC_AWS_ID}:${PC_AWS}"),
                Provider("file", "openai", "file:" + Path.Combine(_folder, "key")),
                Provider("nowhere", "openai", "${PC_OPENAI}", "http://nowhere.invalid/v1")),
            ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = 0 },

            // Each failure is to reach each provider.
            ["Routing"] = new JsonObject
            {
                ["Retry"] = new JsonObject { ["AskAgain"] = false },
                ["Circuit"] = new JsonObject { ["ConsecutiveFailures"] = 1000, ["MinimumCalls"] = 1000 },
                ["CoolDown"] = new JsonObject { ["FirstSeconds"] = 1, ["LongestSeconds"] = 1 },
                ["Health"] = new JsonObject { ["ActiveChecks"] = false },
            },
            ["Telemetry"] = new JsonObject { ["OtlpEndpoint"] = Collector.Url.ToString(), ["OtlpLogs"] = true, ["LogLevel"] = "Debug" },
        },
        Environment = environment.ToDictionary(),
    };

    private JsonObject Provider(string name, string type, string key, string? url = null) => new()
    {
        ["Name"] = name,
        ["Type"] = type,
        ["BaseUrl"] = url ?? new Uri(Upstream.Url, "/v1").ToString(),
        ["ApiKey"] = key,
        ["Region"] = "us-east-1",
        ["Headers"] = new JsonObject { ["x-gate"] = "${PC_GATE}", ["x-title"] = "planted" },
        ["TimeoutSeconds"] = 1,
        ["TotalTimeoutSeconds"] = 2,
        ["Models"] = new JsonArray(name + "-model"),
    };
}
