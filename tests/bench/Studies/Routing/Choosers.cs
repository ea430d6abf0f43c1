using System.Collections.Immutable;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The strategies under study, and the static choices that they are held against.</summary>
internal static class Choosers
{
    /// <summary>Those that go by what is known of providers, and so are held to the targets.</summary>
    public static ImmutableArray<string> Adaptive => ["intelligent", "latency", "least_connections"];

    /// <summary>Every strategy of the product that can differ here: nobody has a place, and no request a conversation.</summary>
    public static ImmutableArray<(string Name, Chooser Choose)> All { get; } =
    [
        .. BuiltInStrategies.All
            .Where(s => s is not (GeographicStrategy or PrefixAffinityStrategy))
            .Select(s => (s.Name, Of(s))),
    ];

    /// <summary>A strategy of the product.</summary>
    public static Chooser Of(IRoutingStrategy strategy) => (in Choice choice) => ProviderPicker.Pick(
        choice.Candidates,
        choice.Wish,
        strategy,
        new PickMoment(choice.Gateway, choice.Gateway.Random.NextDouble(), choice.Now) { Tried = choice.Tried, Probes = choice.Gateway });

    /// <summary>An even share for each provider of a set, for ever; after a failure any other.</summary>
    /// <param name="chosen">Bit i stands for candidate i.</param>
    public static Chooser Static(uint chosen) => (in Choice choice) =>
    {
        var numbers = Enumerable.Range(0, choice.Candidates.Count).Except(choice.Tried).ToList();
        var wanted = numbers.Where(i => (chosen & (1u << i)) != 0).ToList();
        wanted = wanted.Count > 0 ? wanted : numbers;
        return wanted[choice.Gateway.Random.Next(wanted.Count)];
    };

    /// <summary>The best figure that any fixed choice among the providers reaches: what somebody would configure who knew everything beforehand.</summary>
    public static Result BestStatic(Mix mix, int seed) => Enumerable.Range(1, (1 << mix.Providers.Length) - 1)
        .Select(set => Simulation.Run(mix, "static " + Letters(mix, (uint)set), Static((uint)set), seed))
        .MinBy(result => result.Figure)!;

    private static string Letters(Mix mix, uint set) =>
        string.Join('+', mix.Providers.Where((_, i) => (set & (1u << i)) != 0).Select(p => p.Name));
}
