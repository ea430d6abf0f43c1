using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
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
    private readonly StringBuilder _answers = new();
    private PlantedCluster _cluster = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await PlantedCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? default;

    [Fact]
    public async Task Secrets_LedThroughSuccessAndEveryFailure_AreFoundNowhere()
    {
        using var client = TestHttp.Client(_cluster.Gateway.Data);
        using var admin = TestHttp.Client(_cluster.Gateway.Admin);
        admin.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + _cluster.Secrets["client key"]);
        using var made = await _cluster.AddProviderAsync(admin, Cancel);
        Assert.True(made.IsSuccessStatusCode, await NoteAsync(made));
        await Wait.UntilAsync(async () => await ChatAsync(client, "api-model", false) == 200, "the provider of the API is served", TimeSpan.FromSeconds(60));
        Assert.Contains(_cluster.Upstream.Requests, request => request.Header("authorization") == "Bearer " + _cluster.Secrets["key of the API"] && request.Header("x-gate") == _cluster.Secrets["header of the API"]);

        await LeadThroughAsync(client);
        await AskWronglyAsync(client, admin);
        await WalkAsync();
        await Wait.UntilAsync(
            () => Task.FromResult(_cluster.Collector.Requests.Any(request => request.Target == "/v1/metrics") && _cluster.Collector.Requests.Count(request => request.Target == "/v1/traces") > 3
                && _cluster.Collector.Requests.Count(request => request.Target == "/v1/logs") > 3),
            "the collector has heard",
            TimeSpan.FromSeconds(90));

        var places = await PlacesAsync();
        Assert.All(places, place => Assert.True(place.Content.Length > 0, $"There is nothing in {place.Name}."));
        Assert.Contains("of-the-api", places.Single(place => place.Name == "Redis").Content, StringComparison.Ordinal);
        var found = from place in places from secret in _cluster.Secrets where SecretTraces.Of(secret.Value).Any(trace => place.Content.Contains(trace, StringComparison.Ordinal)) select $"{secret.Key} in {place.Name}";
        Assert.Equal([], found);
    }

    private async Task LeadThroughAsync(HttpClient client)
    {
        // A provider knows nothing of a header that is not sent to it.
        var all = string.Join(' ', _cluster.Secrets.Where(secret => secret.Key != "header").Select(secret => secret.Value));
        var echo = JsonSerializer.Serialize(new
        {
            type = "error",
            message = "Incorrect key provided: " + all,
            error = new { type = "invalid_request_error", code = "invalid " + _cluster.Secrets["webhook"], param = all, status = "INVALID_ARGUMENT", message = "You sent " + all },
        });
        Behaviour[] behaviours =
        [
            Behaviour.Default,
            .. new[] { 400, 401, 403, 404, 409, 422, 429, 500, 503 }.Select(status => new Behaviour { Status = status, Body = echo, Headers = ["x-echo: " + _cluster.Secrets["webhook"], "set-cookie: " + _cluster.Secrets["header"]] }),
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
            _cluster.Upstream.Behaviour = behaviour;
            foreach (var model in new[] { "openai-model", "anthropic-model", "gemini-model", "aws-model", "file-model", "api-model" })
            {
                await ChatAsync(client, model, false);
                await ChatAsync(client, model, true);
            }
        }

        _cluster.Upstream.Behaviour = Behaviour.Default;
        await ChatAsync(client, "nowhere-model", false);
        await ChatAsync(client, _cluster.Secrets["key of a file"], false);
    }

    private async Task AskWronglyAsync(HttpClient client, HttpClient admin)
    {
        foreach (var credential in new[] { _cluster.Secrets["token"], _cluster.Secrets["OpenAI key"], _cluster.Secrets["client key"] + "x", "Basic " + _cluster.Secrets["header"] })
        {
            using var request = Chat("openai-model", false);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
            await NoteAsync(await client.SendAsync(request, Cancel));
        }

        await NoteAsync(await client.GetAsync(new Uri($"/v1/models?api_key={_cluster.Secrets["client key"]}", UriKind.Relative), Cancel));
        await NoteAsync(await admin.GetAsync(new Uri($"/admin/v1/providers?key={_cluster.Secrets["token"]}", UriKind.Relative), Cancel));
        await NoteAsync(await admin.GetAsync(new Uri("/admin/v1/providers", UriKind.Relative), Cancel));
        await NoteAsync(await admin.GetAsync(new Uri("/admin/v1/config", UriKind.Relative), Cancel));
        foreach (var provider in new[] { "openai", "aws", "of-the-api", "nowhere" })
        {
            await NoteAsync(await admin.GetAsync(new Uri("/admin/v1/providers/" + provider, UriKind.Relative), Cancel));
            await NoteAsync(await admin.PostAsync(new Uri($"/admin/v1/providers/{provider}/check", UriKind.Relative), null, Cancel));
        }

        await NoteAsync(await admin.PostAsJsonAsync("/admin/v1/providers", new { name = "Bad Name", type = "openai", apiKey = _cluster.Secrets["OpenAI key"] + "\u00e9" }, Cancel));
        await NoteAsync(await admin.PostAsJsonAsync(
            "/admin/v1/config/check", new { Cluster = new { Redis = "localhost,password=" + _cluster.Secrets["Redis password"] }, Auth = new { Pepper = _cluster.Secrets["pepper"] }, Secrets = new { Kek = 5 } }, Cancel));
    }

    // Every route of the product: with a good credential and one that is not, with a body that holds all that is planted, with and without a fault.
    private async Task WalkAsync()
    {
        using var data = TestHttp.Client(_cluster.Gateway.Data);
        using var admin = TestHttp.Client(_cluster.Gateway.Admin);
        var all = string.Join(' ', _cluster.Secrets.Values);
        string[] bodies =
        [
            "{ no JSON: " + all,
            JsonSerializer.Serialize(new { model = "openai-model", input = "Hello", prompt = "Hello", messages = new[] { new { role = "user", content = "Hello" } }, planted = all }),
        ];
        var routes = PlantedRoutes.All();
        Assert.True(routes.Count >= 50, $"There are {routes.Count} routes.");
        foreach (var (method, path) in routes)
        {
            foreach (var credential in new[] { _cluster.Secrets["client key"], _cluster.Secrets["token"], _cluster.Secrets["client key"] + "?" })
            {
                foreach (var body in bodies)
                {
                    if (credential == _cluster.Secrets["client key"] && path.EndsWith("/restart", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    using var request = new HttpRequestMessage(method, credential.EndsWith('?') ? $"{path}?api_key={credential[..^1]}" : path);
                    request.Content = method == HttpMethod.Get ? null : new StringContent(body!, Encoding.UTF8, "application/json");
                    request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
                    request.Headers.TryAddWithoutValidation("x-planted", all);
                    request.Headers.TryAddWithoutValidation("If-Match", "\"" + _cluster.Secrets["header"] + "\"");
                    using var response = await (path.StartsWith("/admin/", StringComparison.Ordinal) ? admin : data).SendAsync(request, Cancel);
                    await NoteAsync(response);
                }
            }
        }
    }

    private async Task<int> ChatAsync(HttpClient client, string model, bool stream)
    {
        using var request = Chat(model, stream);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _cluster.Secrets["client key"]);
        request.Headers.TryAddWithoutValidation("Cookie", _cluster.Secrets["header"]);
        request.Headers.TryAddWithoutValidation("x-custom", _cluster.Secrets["header"]);
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
        foreach (var (name, program) in new (string, ProgramUnderTest)[] { ("silo", _cluster.Silo), ("gateway", _cluster.Gateway) })
        {
            using var ops = TestHttp.Client(program.Ops);
            places.Add(($"/metrics of the {name}", await ops.GetStringAsync("/metrics", Cancel)));
        }

        await _cluster.Gateway.Process.StopAsync();
        await _cluster.Silo.Process.StopAsync();
        places.Add(("output of the gateway", _cluster.Gateway.Process.Output + _cluster.Gateway.Process.Errors));
        places.Add(("output of the silo", _cluster.Silo.Process.Output + _cluster.Silo.Process.Errors));
        places.Add(("answers", _answers.ToString()));
        places.Add(("export", string.Concat(_cluster.Collector.Requests.Select(request => Encoding.Latin1.GetString(request.Body)))));
        await _cluster.Redis.StopAsync();
        places.Add(("Redis", FilesOf(_cluster.Redis.Folder)));
        places.Add(("files of the gateway", FilesOf(_cluster.Gateway.Directory)));
        return places;
    }

    private static string FilesOf(string folder) => string.Concat(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
}
