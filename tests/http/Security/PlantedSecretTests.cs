using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>
/// Secrets of every kind, planted in a cluster of real processes that is then led through success and every failure, with
/// providers that repeat what they were sent: none of them is found in what the processes print, export, keep or answer.
/// </summary>
public sealed class PlantedSecretTests : IAsyncLifetime
{
    private readonly Dictionary<string, string> _planted = new()
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
        ["KEK"] = "planted0kek0" + Random(),
        ["webhook"] = "https://hooks.slack.com/services/T0/B0/planted0hook0" + Random(),
        ["header"] = "planted0cookie0" + Random(),
        ["key of a file"] = "planted0file0" + Random(),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("proxycluster-planted-").FullName;
    private readonly StringBuilder _answers = new();
    private ScriptedUpstream _upstream = null!;
    private ScriptedUpstream _collector = null!;
    private RedisServer _redis = null!;
    private SiloProcess _silo = null!;
    private GatewayProcess _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _upstream.TakesAnything = true;
        _collector = await ScriptedUpstream.StartAsync();
        _collector.TakesAnything = true;
        _collector.Behaviour = new Behaviour { Body = "", ContentType = "application/x-protobuf" };
        _redis = await RedisServer.StartAsync();
        await _redis.CommandAsync($"CONFIG SET requirepass {_planted["Redis password"]}");
        await File.WriteAllTextAsync(Path.Combine(_folder, "key"), _planted["key of a file"], Cancel);
        _silo = await SiloProcess.StartAsync(Options("silo"));
        _gateway = await GatewayProcess.StartAsync(Options("all"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in new ProgramUnderTest?[] { _gateway, _silo })
        {
            if (program is not null)
            {
                TestContext.Current.SendDiagnosticMessage(program.Process.Output);
                await program.DisposeAsync();
            }
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        await _collector.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Secrets_LedThroughSuccessAndEveryFailure_AreFoundNowhere()
    {
        using var client = TestHttp.Client(_gateway.Data);
        using var admin = TestHttp.Client(_gateway.Admin);
        admin.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + _planted["client key"]);
        using var made = await admin.PostAsJsonAsync(
            "/admin/v1/providers",
            new { name = "of-the-api", type = "openai", baseUrl = new Uri(_upstream.Url, "/v1").ToString(), apiKey = _planted["key of the API"], timeoutSeconds = 1, totalTimeoutSeconds = 2, models = new[] { "api-model" } },
            Cancel);
        Assert.True(made.IsSuccessStatusCode, await NoteAsync(made));
        await Wait.UntilAsync(async () => await ChatAsync(client, "api-model", false) == 200, "the provider of the API is served", TimeSpan.FromSeconds(60));
        Assert.Contains(_upstream.Requests, request => request.Header("authorization") == "Bearer " + _planted["key of the API"]);

        await LeadThroughAsync(client);
        await AskWronglyAsync(client, admin);
        await Wait.UntilAsync(
            () => Task.FromResult(_collector.Requests.Any(request => request.Target == "/v1/metrics") && _collector.Requests.Count(request => request.Target == "/v1/traces") > 3),
            "the collector has heard",
            TimeSpan.FromSeconds(90));

        var places = await PlacesAsync();
        Assert.All(places, place => Assert.True(place.Content.Length > 0, $"There is nothing in {place.Name}."));
        Assert.Contains("of-the-api", places.Single(place => place.Name == "Redis").Content, StringComparison.Ordinal);
        var found = from place in places from secret in _planted where place.Content.Contains(Core(secret.Value), StringComparison.Ordinal) select $"{secret.Key} in {place.Name}";
        Assert.Equal([], found);
    }

    // What stays recognisable where the rest is masked.
    private static string Core(string secret) => secret[^24..];

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private async Task LeadThroughAsync(HttpClient client)
    {
        // A provider knows nothing of a header that is not sent to it.
        var all = string.Join(' ', _planted.Where(secret => secret.Key != "header").Select(secret => secret.Value));
        var echo = JsonSerializer.Serialize(new
        {
            type = "error",
            message = "Incorrect key provided: " + all,
            error = new { type = "invalid_request_error", code = "invalid " + _planted["webhook"], param = all, status = "INVALID_ARGUMENT", message = "You sent " + all },
        });
        Behaviour[] behaviours =
        [
            Behaviour.Default,
            .. new[] { 400, 401, 403, 404, 409, 422, 429, 500, 503 }.Select(status => new Behaviour { Status = status, Body = echo, Headers = ["x-echo: " + _planted["webhook"], "set-cookie: " + _planted["header"]] }),
            new Behaviour { Body = echo },
            new Behaviour { Body = all, ContentType = "text/html" },
            new Behaviour { MalformedEvent = 2 },
            new Behaviour { ErrorEvent = 2 },
            new Behaviour { CutBeforeHeaders = true },
            Behaviour.HalfJson,
            Behaviour.BlackHole,
        ];
        foreach (var behaviour in behaviours)
        {
            _upstream.Behaviour = behaviour;
            foreach (var model in new[] { "openai-model", "anthropic-model", "gemini-model", "aws-model", "file-model", "api-model" })
            {
                await ChatAsync(client, model, false);
                await ChatAsync(client, model, true);
            }
        }

        _upstream.Behaviour = Behaviour.Default;
        await ChatAsync(client, "nowhere-model", false);
        await ChatAsync(client, _planted["key of a file"], false);
    }

    private async Task AskWronglyAsync(HttpClient client, HttpClient admin)
    {
        foreach (var credential in new[] { _planted["token"], _planted["OpenAI key"], _planted["client key"] + "x", "Basic " + _planted["header"] })
        {
            using var request = Chat("openai-model", false);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
            await NoteAsync(await client.SendAsync(request, Cancel));
        }

        await NoteAsync(await client.GetAsync(new Uri($"/v1/models?api_key={_planted["client key"]}", UriKind.Relative), Cancel));
        await NoteAsync(await admin.GetAsync(new Uri($"/admin/v1/providers?key={_planted["token"]}", UriKind.Relative), Cancel));
        await NoteAsync(await admin.GetAsync(new Uri("/admin/v1/providers", UriKind.Relative), Cancel));
        await NoteAsync(await admin.GetAsync(new Uri("/admin/v1/config", UriKind.Relative), Cancel));
        foreach (var provider in new[] { "openai", "aws", "of-the-api", "nowhere" })
        {
            await NoteAsync(await admin.GetAsync(new Uri("/admin/v1/providers/" + provider, UriKind.Relative), Cancel));
            await NoteAsync(await admin.PostAsync(new Uri($"/admin/v1/providers/{provider}/check", UriKind.Relative), null, Cancel));
        }

        await NoteAsync(await admin.PostAsJsonAsync("/admin/v1/providers", new { name = "Bad Name", type = "openai", apiKey = _planted["OpenAI key"] + "\u00e9" }, Cancel));
        await NoteAsync(await admin.PostAsJsonAsync(
            "/admin/v1/config/check", new { Cluster = new { Redis = "localhost,password=" + _planted["Redis password"] }, Auth = new { Pepper = _planted["pepper"] }, Secrets = new { Kek = 5 } }, Cancel));
    }

    private async Task<int> ChatAsync(HttpClient client, string model, bool stream)
    {
        using var request = Chat(model, stream);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _planted["client key"]);
        request.Headers.TryAddWithoutValidation("Cookie", _planted["header"]);
        request.Headers.TryAddWithoutValidation("x-custom", _planted["header"]);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        await NoteAsync(response);
        return (int)response.StatusCode;
    }

    private static HttpRequestMessage Chat(string model, bool stream) => new(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = JsonContent.Create(new { model, stream, messages = new[] { new { role = "user", content = "Hello" } } }),
    };

    private async Task<string> NoteAsync(HttpResponseMessage response)
    {
        string body;
        try
        {
            body = await response.Content.ReadAsStringAsync(Cancel);
        }
        catch (HttpRequestException)
        {
            // Cut on purpose.
            body = "";
        }

        _answers.AppendLine(response.ToString()).AppendLine(body);
        return body;
    }

    private async Task<List<(string Name, string Content)>> PlacesAsync()
    {
        List<(string Name, string Content)> places = [];
        foreach (var (name, program) in new (string, ProgramUnderTest)[] { ("silo", _silo), ("gateway", _gateway) })
        {
            using var ops = TestHttp.Client(program.Ops);
            places.Add(($"/metrics of the {name}", await ops.GetStringAsync("/metrics", Cancel)));
        }

        await _gateway.Process.StopAsync();
        await _silo.Process.StopAsync();
        places.Add(("output of the gateway", _gateway.Process.Output + _gateway.Process.Errors));
        places.Add(("output of the silo", _silo.Process.Output + _silo.Process.Errors));
        places.Add(("answers", _answers.ToString()));
        places.Add(("export", string.Concat(_collector.Requests.Select(request => Encoding.Latin1.GetString(request.Body)))));
        await _redis.StopAsync();
        places.Add(("Redis", FilesOf(_redis.Folder)));
        places.Add(("files of the gateway", FilesOf(_gateway.Directory)));
        return places;
    }

    private static string FilesOf(string folder) => string.Concat(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

    private ProgramOptions Options(string role) => new()
    {
        Config = new JsonObject
        {
            ["Role"] = role,
            ["Cluster"] = new JsonObject { ["Redis"] = "${PC_REDIS}", ["AdvertisedAddress"] = "127.0.0.1" },
            ["Secrets"] = new JsonObject { ["Kek"] = "${PC_KEK}" },
            ["Auth"] = new JsonObject
            {
                ["Pepper"] = "${PC_PEPPER}",
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
            ["Telemetry"] = new JsonObject { ["OtlpEndpoint"] = _collector.Url.ToString(), ["LogLevel"] = "Debug" },
        },
        Environment = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "2000",
            ["PC_REDIS"] = $"{_redis.ConnectionString},password={_planted["Redis password"]}",
            ["PC_KEK"] = _planted["KEK"],
            ["PC_PEPPER"] = _planted["pepper"],
            ["PC_CLIENT"] = _planted["client key"],
            ["PC_OPENAI"] = _planted["OpenAI key"],
            ["PC_ANTHROPIC"] = _planted["Anthropic key"],
            ["PC_GEMINI"] = _planted["Gemini key"],
            ["PC_AWS_ID"] = "AKIAPLANTED0000EXAMP",
            ["PC_AWS"] = _planted["AWS secret"],
        },
    };

    private JsonObject Provider(string name, string type, string key, string? url = null) => new()
    {
        ["Name"] = name,
        ["Type"] = type,
        ["BaseUrl"] = url ?? new Uri(_upstream.Url, "/v1").ToString(),
        ["ApiKey"] = key,
        ["Region"] = "us-east-1",
        ["TimeoutSeconds"] = 1,
        ["TotalTimeoutSeconds"] = 2,
        ["Models"] = new JsonArray(name + "-model"),
    };
}
