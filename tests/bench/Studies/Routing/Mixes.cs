using System.Collections.Immutable;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The experiments. Each names its figure before it is run; three providers and eight gateways in all of them.</summary>
internal static class Mixes
{
    public const double Slowed = 60;
    public const double Healed = 240;
    public const double Joins = 60;

    private const int LoadSeed = 7;

    /// <summary>Five mixes on which <c>intelligent</c> is held against every single strategy.</summary>
    public static ImmutableArray<Mix> Five => [Equal, OneSlow, OneFailing, PricesDiffer, .. Trace is { } trace ? [trace] : ImmutableArray<Mix>.Empty];

    /// <summary>Three alike, of 20 slots each, at 0.8 of what they can do.</summary>
    public static Mix Equal => new(
        "equal", "p99 in s", [.. Names.Select(name => Roomy(name, 20))], Loads.Poisson(LoadSeed, 300, 48));

    /// <summary>One goes from 1 s to 10 s at 60 s. Counted from 15 s after.</summary>
    public static Mix OneSlow => new(
        "one slow", "p99 in s from 15 s after", [new("a"), new("b"), Slow("c", Healed)], Loads.Poisson(LoadSeed, 600, 40))
    {
        CountedFrom = Slowed + 15,
        CountedUntil = Healed,
    };

    /// <summary>One fails half of its requests from 60 s on.</summary>
    public static Mix OneFailing => new(
        "one failing", "mean time to an answer in s, retries included", [new("a"), new("b"), Failing("c")], Loads.Poisson(LoadSeed, 300, 40))
    {
        CountedFrom = Slowed,
        Figure = static result => result.Mean,
    };

    /// <summary>Long prompts at prices of 1 : 2 : 4.</summary>
    public static Mix PricesDiffer => new(
        "prices differ",
        "US dollars for 1,000 requests",
        [Priced("a", 10), Priced("b", 2.5m), Priced("c", 5)],
        Loads.Poisson(LoadSeed, 300, 40, promptTokens: 8000))
    {
        Figure = static result => result.CostPerThousand,
    };

    /// <summary>As <see cref="PricesDiffer"/>, but with prompts so short that the fixed scale of costs hardly tells the prices apart.</summary>
    public static Mix RelativePrices => PricesDiffer with
    {
        Name = "prices differ, short prompts, relative cost",
        Load = Loads.Poisson(LoadSeed, 300, 40),
        Rules = ScoreRules.From(new RoutingOptions { RelativeCost = true }),
    };

    /// <summary>The production trace at 0.8 of what three providers of 8 slots can do; <see langword="null"/>: it is not there.</summary>
    public static Mix? Trace
    {
        get
        {
            ImmutableArray<ProviderModel> providers = [.. Names.Select(name => Roomy(name, 8) with { SecondsPerPromptToken = 0.0002, Spread = 0.1 })];
            return Loads.Trace(1) is { } shape && Loads.Trace(Work(providers[0], shape) / (0.8 * 8 * Names.Length)) is { } load
                ? new Mix("production trace", "p99 in s", providers, load)
                : null;
        }
    }

    /// <summary>As <see cref="Equal"/>, but all requests come to one gateway, which takes the seven others to be as busy as itself.</summary>
    public static Mix OneGateway => Equal with { Name = "equal, all requests at one of eight gateways", BusyGateways = 1 };

    /// <summary>As <see cref="Equal"/>, but five times the load for 2 s of every 20 s.</summary>
    public static Mix Bursts => new(
        "bursts", "p99 in s", [.. Names.Select(name => Roomy(name, 20))], Loads.Bursts(LoadSeed, 300, 24));

    /// <summary>A provider three times as quick as the two that are there joins at 60 s.</summary>
    public static Mix Newcomer => new(
        "newcomer",
        "s until the newcomer gets half of the load",
        [new("a") { BaseSeconds = 2.2 }, new("b") { BaseSeconds = 2.2 }, new("c") { DefinedFrom = Joins }],
        Loads.Poisson(LoadSeed, 240, 40))
    {
        Figure = static result => result.ReachesShare("c", 0.5, Joins),
    };

    private static ImmutableArray<string> Names => ["a", "b", "c"];

    private static ProviderModel Roomy(string name, int slots) => new(name) { Slots = slots, MaxConcurrency = slots };

    private static ProviderModel Slow(string name, double healed) =>
        new(name) { Slowness = time => time >= Slowed && time < healed ? 10 : 1 };

    private static ProviderModel Failing(string name) => new(name) { Failing = static time => time >= Slowed ? 0.5 : 0 };

    private static ProviderModel Priced(string name, decimal perMillion) =>
        new(name) { InputCostPerMillion = perMillion, OutputCostPerMillion = perMillion * 4 };

    private static double Work(ProviderModel provider, IReadOnlyList<Arrival> load) => load.Sum(a =>
        provider.BaseSeconds + (a.PromptTokens * provider.SecondsPerPromptToken) + (a.OutputTokens * provider.SecondsPerOutputToken));
}
