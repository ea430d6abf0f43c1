using System.Collections.Immutable;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>The strategies under study, and the static choices that they are held against.</summary>
internal static class Choosers
{
    public static Chooser Intelligent { get; } = static (in Choice choice) =>
        ProviderPicker.Pick(choice.Candidates, choice.Wish, choice.Gateway, choice.Gateway.Random.NextDouble(), choice.Tried);

    public static ImmutableArray<(string Name, Chooser Choose)> All { get; } = [("intelligent", Intelligent)];

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
