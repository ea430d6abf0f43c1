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
        new PickMoment(choice.Gateway, choice.Gateway.Random.NextDouble(), choice.Now) { Tried = choice.Tried, Advice = choice.Gateway });

    /// <summary>An even share for each provider of a set, for ever; after a failure any other.</summary>
    /// <param name="chosen">Bit i stands for candidate i.</param>
    public static Chooser Static(uint chosen) => (in Choice choice) =>
    {
        var numbers = Enumerable.Range(0, choice.Candidates.Count).Except(choice.Tried).ToList();
        var wanted = numbers.Where(i => (chosen & (1u << i)) != 0).ToList();
        wanted = wanted.Count > 0 ? wanted : numbers;
        return wanted[choice.Gateway.Random.Next(wanted.Count)];
    };

    public static Chooser Find(string strategy) => All.Single(s => s.Name == strategy).Choose;
}
