using System.Globalization;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Gateway;

/// <summary>
/// The product as one process in open loopback mode, with two scripted upstreams behind it. A test that makes a provider
/// fail takes one of its own, so that no test sees another's circuits and scores.
/// </summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public const string OpenAiModel = "gpt-4o";
    public const string AnthropicModel = "claude-sonnet-4-5";

    /// <summary>Of a provider that speaks Responses itself.</summary>
    public const string ResponsesModel = "gpt-responses";

    public const string EmbeddingModel = "text-embedding-3-small";
    public const string CompletionModel = "gpt-3.5-turbo-instruct";

    /// <summary>2.50 dollars a million prompt tokens, 10 a million answer tokens.</summary>
    public const string PricedModel = "priced-model";

    /// <summary>Time limits of providers from <see cref="NextQuick"/>: to the first event and between events.</summary>
    public static readonly TimeSpan QuickTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Time limit of a whole answer of providers from <see cref="NextQuick"/>.</summary>
    public static readonly TimeSpan QuickTotal = TimeSpan.FromSeconds(3);

    private const int Pairs = 200;
    private const int QuickPairs = 20;

    private int _nextPair;
    private int _nextQuick;

    /// <summary>Asked first.</summary>
    public ScriptedUpstream First { get; private set; } = null!;

    /// <summary>Asked where the first has failed.</summary>
    public ScriptedUpstream Second { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Ops { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        First = await ScriptedUpstream.StartAsync();
        Second = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Client = TestHttp.Client(Gateway.Data);
        Admin = TestHttp.Client(Gateway.Admin);
        Ops = TestHttp.Client(Gateway.Ops);
    }

    /// <summary>Two providers that no other test uses, and the alias that asks them in order.</summary>
    public ProviderPair NextPair() => Pair("p", Interlocked.Increment(ref _nextPair), Pairs);

    /// <summary>Like <see cref="NextPair"/>, with short time limits.</summary>
    public ProviderPair NextQuick() => Pair("q", Interlocked.Increment(ref _nextQuick), QuickPairs);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Admin?.Dispose();
        Ops?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private static ProviderPair Pair(string prefix, int number, int most) => number <= most
        ? new ProviderPair(string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"))
        : throw new InvalidOperationException("All prepared providers are used: raise the number in the fixture.");

    private JsonObject Config()
    {
        var dead = new Uri($"http://127.0.0.1:{FreePorts.Next()}/v1");
        var priced = ProgramOptions.Provider("priced", "openai", new Uri(First.Url, "/v1"));
        priced["Models"] = new JsonArray(new JsonObject { ["Id"] = PricedModel, ["InputCostPerMillion"] = 2.5, ["OutputCostPerMillion"] = 10 });
        var providers = new JsonArray(
            priced,
            ProgramOptions.Provider("openai-like", "openai", new Uri(First.Url, "/v1"), OpenAiModel, EmbeddingModel, CompletionModel),
            ProgramOptions.Provider("anthropic-like", "anthropic", new Uri(First.Url, "/v1"), AnthropicModel),
            ProgramOptions.Provider("responses-like", "openai-responses", new Uri(First.Url, "/v1"), ResponsesModel),
            ProgramOptions.Provider("dead", "openai", dead, "dead-model"));
        var aliases = new JsonObject
        {
            ["dead-then-second"] = PriorityAlias("dead/dead-model", "s-p1/p1"),
        };
        for (var i = 1; i <= Pairs + QuickPairs; i++)
        {
            var pair = i <= Pairs ? Pair("p", i, Pairs) : Pair("q", i - Pairs, QuickPairs);
            var first = ProgramOptions.Provider(pair.First, "openai", new Uri(First.Url, "/v1"), pair.Model);
            var second = ProgramOptions.Provider(pair.Second, "openai", new Uri(Second.Url, "/v1"), pair.Model);
            if (i > Pairs)
            {
                first["TimeoutSeconds"] = QuickTimeout.TotalSeconds;
                first["ConnectTimeoutSeconds"] = QuickTimeout.TotalSeconds;
                first["TotalTimeoutSeconds"] = QuickTotal.TotalSeconds;
            }

            providers.Add(first);
            providers.Add(second);
            aliases[pair.Alias] = PriorityAlias(pair.OnlyFirst, pair.OnlySecond);
        }

        return new JsonObject
        {
            ["Providers"] = providers,
            ["Aliases"] = aliases,

            // Tests count what the upstreams are asked and expect the best of them, and one that makes its only provider fail once wants to see that failure.
            ["Routing"] = new JsonObject
            {
                ["Health"] = new JsonObject { ["ActiveChecks"] = false },
                ["ExplorationPercent"] = 0,
                ["Retry"] = new JsonObject { ["AskAgain"] = false },
            },
            ["InputLimits"] = new JsonObject { ["MaxBodyBytes"] = 1024 * 1024, ["MaxUpstreamBodyBytes"] = 1024 * 1024, ["MaxStreamEventBytes"] = 256 * 1024 },
        };
    }

    private static JsonObject PriorityAlias(params string[] models) => new()
    {
        ["Strategy"] = "priority",
        ["Models"] = new JsonArray([.. models.Select(model => JsonValue.Create(model))]),
    };
}
