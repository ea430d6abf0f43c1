using System.Globalization;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>The product as it comes, with many pairs of providers over two scripted upstreams: each test fails one of its own.</summary>
public sealed class RetryFixture : IAsyncLifetime
{
    private const int Pairs = 80;

    private int _next;

    public ScriptedUpstream First { get; private set; } = null!;

    public ScriptedUpstream Second { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Ops { get; private set; } = null!;

    /// <summary>Two providers that no other test uses, and the alias that asks them in order.</summary>
    public ProviderPair NextPair() => Pair(Interlocked.Increment(ref _next));

    public async ValueTask InitializeAsync()
    {
        First = await ScriptedUpstream.StartAsync();
        Second = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Client = TestHttp.Client(Gateway.Data);
        Ops = TestHttp.Client(Gateway.Ops);
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

    private static ProviderPair Pair(int number) => number <= Pairs
        ? new ProviderPair(string.Create(CultureInfo.InvariantCulture, $"r{number}"))
        : throw new InvalidOperationException("All prepared providers are used: raise the number in the fixture.");

    private JsonObject Config()
    {
        var providers = new JsonArray();
        var aliases = new JsonObject();
        for (var i = 1; i <= Pairs; i++)
        {
            var pair = Pair(i);
            providers.Add(ProgramOptions.Provider(pair.First, "openai", new Uri(First.Url, "/v1"), pair.Model));
            providers.Add(ProgramOptions.Provider(pair.Second, "openai", new Uri(Second.Url, "/v1"), pair.Model));
            aliases[pair.Alias] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray(pair.OnlyFirst, pair.OnlySecond) };
        }

        return new JsonObject { ["Providers"] = providers, ["Aliases"] = aliases };
    }
}
