using System.Globalization;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>Many pairs of providers over two scripted upstreams, with circuits that do not open: each test fails a pair of its own.</summary>
public sealed class RetryFixture : GatewayOverTwo
{
    private const int Pairs = 80;

    private int _next;

    /// <summary>Two providers that no other test uses, and the alias that asks them in order.</summary>
    public ProviderPair NextPair() => Pair(Interlocked.Increment(ref _next));

    private static ProviderPair Pair(int number) => number <= Pairs
        ? new ProviderPair(string.Create(CultureInfo.InvariantCulture, $"r{number}"))
        : throw new InvalidOperationException("All prepared providers are used: raise the number in the fixture.");

    private protected override JsonObject Config()
    {
        var providers = new JsonArray();
        var aliases = new JsonObject();
        for (var i = 1; i <= Pairs; i++)
        {
            var pair = Pair(i);
            providers.Add(ProgramOptions.Provider(pair.First, "openai", new Uri(First.Url, "/v1"), pair.Model));
            providers.Add(ProgramOptions.Provider(pair.Second, "openai", new Uri(Second.Url, "/v1"), pair.Model));
            aliases[pair.Alias] = InOrder(pair.OnlyFirst, pair.OnlySecond);
        }

        // A circuit that opens ends the retries that are to be seen here.
        return new JsonObject
        {
            ["Providers"] = providers,
            ["Aliases"] = aliases,
            ["Routing"] = new JsonObject { ["Circuit"] = new JsonObject { ["ConsecutiveFailures"] = 1000, ["MinimumCalls"] = 100_000 } },
        };
    }
}
