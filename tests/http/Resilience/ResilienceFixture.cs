using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>A gateway with narrow providers, hedging for all requests, and room for 20 requests.</summary>
public sealed class ResilienceFixture : GatewayOverTwo
{
    /// <summary>Of a provider with two slots, behind <see cref="First"/>.</summary>
    public const string Narrow = "narrow/narrow-model";

    /// <summary>The narrow provider, then one that is wide.</summary>
    public const string NarrowThenWide = "narrow-then-wide";

    /// <summary>A provider with eight slots, behind <see cref="First"/>.</summary>
    public const string Eight = "eight/eight-model";

    /// <summary>Of a provider with room for all.</summary>
    public const string Wide = "wide/wide-model";

    /// <summary>A provider behind <see cref="First"/>, hedged by one behind <see cref="Second"/>.</summary>
    public const string Hedged = "hedged";

    /// <summary>The same for streams, so that one test's times are not another's.</summary>
    public const string HedgedStream = "hedged-stream";

    /// <summary>As <see cref="Hedged"/>, but the second provider has one slot.</summary>
    public const string HedgedByNarrow = "hedged-by-narrow";

    public const int MaxInFlight = 20;

    private protected override JsonObject Config() => new()
    {
        ["Providers"] = new JsonArray(
            Provider("narrow", First, 2, "narrow-model"),
            Provider("wide", Second, 256, "wide-model"),
            Provider("eight", First, 8, "eight-model"),
            Provider("slow", First, 256, "slow-model", "slow-stream", "slow-other"),
            Provider("quick", Second, 256, "quick-model", "quick-stream"),
            Provider("single", Second, 1, "single-model")),
        ["Aliases"] = new JsonObject
        {
            [NarrowThenWide] = InOrder(Narrow, Wide),
            [Hedged] = InOrder("slow/slow-model", "quick/quick-model"),
            [HedgedStream] = InOrder("slow/slow-stream", "quick/quick-stream"),
            [HedgedByNarrow] = InOrder("slow/slow-other", "single/single-model"),
        },
        ["Routing"] = new JsonObject { ["Hedging"] = new JsonObject { ["Enabled"] = true, ["MaxShare"] = 1, ["LeastPriority"] = "normal" } },
        ["Overload"] = new JsonObject { ["MaxInFlight"] = MaxInFlight },
    };

    private static JsonObject Provider(string name, ScriptedUpstream upstream, int slots, params string[] models)
    {
        var provider = ProgramOptions.Provider(name, "openai", new Uri(upstream.Url, "/v1"), models);
        provider["MaxConcurrency"] = slots;
        return provider;
    }
}

/// <summary>Tests that share this gateway run one after another: its room is shared too.</summary>
[CollectionDefinition(Name)]
public sealed class ResilienceCollection : ICollectionFixture<ResilienceFixture>
{
    public const string Name = "resilience";
}
