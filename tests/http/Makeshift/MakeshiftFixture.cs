using System.Globalization;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Makeshift;

/// <summary>A gateway that pings each second, before models that do not stream, and one that does.</summary>
public sealed class MakeshiftFixture : IAsyncLifetime
{
    /// <summary>Of the first upstream, which does not stream.</summary>
    public const string Whole = "whole-model";

    /// <summary>The same by a provider of Anthropic's.</summary>
    public const string WholeClaude = "whole-claude";

    /// <summary>The same by a provider of Responses.</summary>
    public const string WholeResponses = "whole-responses";

    /// <summary>Chats in whole answers, with a limit of 2 s.</summary>
    public const string Hurried = "hurried-model";

    /// <summary>A model that does not stream, behind <see cref="Second"/>.</summary>
    public const string Other = "second/other-model";

    /// <summary>A model that streams, behind <see cref="Second"/>.</summary>
    public const string Streaming = "streams/streaming-model";

    private const int Failing = 16;

    private int _next;

    public ScriptedUpstream First { get; private set; } = null!;

    public ScriptedUpstream Second { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>An alias that asks a provider that no other test uses, then <paramref name="then"/>. The first does not stream.</summary>
    public string NextThen(string then) => AliasOf(Interlocked.Increment(ref _next), then);

    /// <summary>A model that does not stream, of a provider that no other test uses.</summary>
    public string NextAlone() => ModelOf(Interlocked.Increment(ref _next));

    public async ValueTask InitializeAsync()
    {
        First = await ScriptedUpstream.StartAsync();
        Second = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Client = TestHttp.Client(Gateway.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private JsonObject Config()
    {
        var first = new Uri(First.Url, "/v1");
        var second = new Uri(Second.Url, "/v1");
        var hurried = WholeOnly("hurried", "openai", first, Hurried);
        hurried["TimeoutSeconds"] = 2;
        hurried["TotalTimeoutSeconds"] = 2;
        var providers = new JsonArray(
            WholeOnly("first", "openai", first, Whole),
            WholeOnly("claude", "anthropic", first, WholeClaude),
            WholeOnly("responses", "openai-responses", first, WholeResponses),
            hurried,
            WholeOnly("second", "openai", second, "other-model"),
            ProgramOptions.Provider("streams", "openai", second, "streaming-model"));
        var aliases = new JsonObject();
        for (var i = 1; i <= Failing; i++)
        {
            providers.Add(WholeOnly(string.Create(CultureInfo.InvariantCulture, $"p{i}"), "openai", first, "m"));
            aliases[AliasOf(i, Other)] = InOrder(ModelOf(i), Other);
            aliases[AliasOf(i, Streaming)] = InOrder(ModelOf(i), Streaming);
        }

        return new JsonObject
        {
            ["Listen"] = new JsonObject { ["PingSeconds"] = 1 },
            ["Routing"] = new JsonObject { ["Retry"] = new JsonObject { ["AskAgain"] = false } },
            ["Providers"] = providers,
            ["Aliases"] = aliases,
        };
    }

    private static string ModelOf(int number) => string.Create(CultureInfo.InvariantCulture, $"p{number}/m");

    private static string AliasOf(int number, string then) => string.Create(CultureInfo.InvariantCulture, $"p{number}-then-{then.Split('/')[0]}");

    private static JsonObject WholeOnly(string name, string type, Uri url, string model)
    {
        var provider = ProgramOptions.Provider(name, type, url);
        provider["Models"] = new JsonArray(new JsonObject
        {
            ["Id"] = model,
            ["InputCostPerMillion"] = 1,
            ["OutputCostPerMillion"] = 1,
            ["Capabilities"] = new JsonArray("chat", "tools"),
        });
        return provider;
    }

    private static JsonObject InOrder(params string[] models) => new()
    {
        ["Strategy"] = "priority",
        ["Models"] = new JsonArray([.. models.Select(model => JsonValue.Create(model))]),
    };
}
