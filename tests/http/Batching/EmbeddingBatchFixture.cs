using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Batching;

/// <summary>
/// The product as one process with two keys, and settings by which requests that wait go only when four are there, or when
/// the call before them ends: nothing hangs on how fast a machine is.
/// </summary>
public sealed class EmbeddingBatchFixture : IAsyncLifetime
{
    /// <summary>One dollar a thousand tokens.</summary>
    public const string Model = "text-embedding-3-small";

    /// <summary>Asks the first provider, then the second.</summary>
    public const string Alias = "either";

    /// <summary>As many as go in one call.</summary>
    public const int Full = 4;

    public const int MostInputs = 8;

    private readonly string[] _keys = [NewKey(), NewKey()];

    public EmbeddingUpstream First { get; private set; } = null!;

    public EmbeddingUpstream Second { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Ops { get; private set; } = null!;

    public static JsonObject Settings() => new()
    {
        ["Embeddings"] = new JsonObject { ["MaxRequests"] = Full, ["MaxWaitMilliseconds"] = 10_000, ["MaxWaitShare"] = 100, ["MaxInputs"] = MostInputs },
    };

    public static string NewKey() => ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    /// <summary>The section <c>Auth</c> with a tenant for each key.</summary>
    public static JsonObject Keys(IEnumerable<string> keys) => new()
    {
        ["Keys"] = new JsonArray([.. keys.Select((key, i) => new JsonObject { ["Name"] = $"tenant-{i}", ["Key"] = key, ["Roles"] = new JsonArray("user") })]),
    };

    public static JsonObject Priced(string name, Uri url)
    {
        var provider = ProgramOptions.Provider(name, "openai", url);
        provider["Models"] = new JsonArray(new JsonObject { ["Id"] = Model, ["InputCostPerMillion"] = 1000 });
        return provider;
    }

    public async ValueTask InitializeAsync()
    {
        First = await EmbeddingUpstream.StartAsync();
        Second = await EmbeddingUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(Priced("first", First.Url), Priced("second", Second.Url)),
                ["Aliases"] = new JsonObject { [Alias] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray("first/" + Model, "second/" + Model) } },
                ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = 0 },
                ["Batching"] = Settings(),
                ["Auth"] = Keys(_keys),
            },
        });
        Client = TestHttp.Client(Gateway.Data);
        Ops = TestHttp.Client(Gateway.Ops);
        await WarmAsync(Client, KeyOf(0));
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Ops?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    public string KeyOf(int tenant) => _keys[tenant];

    public static HttpRequestMessage Post(string key, string input, string model = "first/" + Model, string more = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings")
        {
            Content = new StringContent($$"""{"model":"{{model}}","input":{{input}}{{more}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Authorization", "Bearer " + key);
        return request;
    }

    /// <summary>Asks until requests are joined: the vocabulary that their tokens are counted by is loaded by then.</summary>
    public static async Task WarmAsync(HttpClient client, string key)
    {
        for (var isJoined = false; !isJoined;)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, Full + 1).Select(i => client.SendAsync(Post(key, $"\"warm {i}\""))));
            isJoined = answers.Any(static answer => answer.Headers.Contains("x-proxy-batch"));
        }
    }

    /// <summary>Waits until so many requests wait for others.</summary>
    public Task QueuedAsync(int count, CancellationToken cancellationToken) => QueuedAsync(Ops, count, cancellationToken);

    /// <summary>The same for another process.</summary>
    public static async Task QueuedAsync(HttpClient ops, int count, CancellationToken cancellationToken)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $" {count}");
        while (true)
        {
            var text = await ops.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken);
            var line = text.Split('\n').FirstOrDefault(static line =>
                line.StartsWith("proxycluster_batching_queued", StringComparison.Ordinal) && line.Contains("embeddings", StringComparison.Ordinal));
            if (line is not null && line.Split('}')[^1].StartsWith(expected, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }
}
