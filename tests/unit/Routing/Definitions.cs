using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>Short forms of definitions for tests.</summary>
internal static class Definitions
{
    private static readonly Idle Nothing = new();

    public static ProviderDefinition Provider(string name, params string[] models) => new()
    {
        Name = name,
        Type = "openai",
        Models = [.. models.Select(id => new ModelDefinition { Id = id })],
    };

    public static RoutingIndex Index(params ProviderDefinition[] providers) => Index(providers, []);

    public static RoutingIndex Index(ProviderDefinition[] providers, AliasDefinition[] aliases, params ProviderScore[] scores) =>
        RoutingIndex.Build(
            new RoutingDefinitions(SnapshotVersion.None, [.. providers], [.. aliases]),
            new ScoreVector(SnapshotVersion.None, [.. scores]),
            ScoreWeights.Default);

    public static ProviderScore Score(string provider, double performance, ProviderStatus status = ProviderStatus.Healthy, int inFlight = 0) =>
        new(provider, "m", performance, 50, inFlight, status);

    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Picks at <see cref="Now"/>, by the alias's own strategy where none is given; -1: nobody.</summary>
    public static int Pick(
        in CandidateSet set, in PickRequest request, double random = 0.5, ReadOnlySpan<int> tried = default, IInFlightView? inFlight = null, IRoutingStrategy? strategy = null)
    {
        strategy ??= BuiltInStrategies.Find(set.Alias?.StrategyInForce ?? IntelligentStrategy.StrategyName)!;
        return ProviderPicker.Pick(set, request, strategy, new PickMoment(inFlight ?? Nothing, random, Now) { Tried = tried });
    }

    public static IEnumerable<string> Names(CandidateSet set)
    {
        var names = new List<string>();
        for (var i = 0; i < set.Count; i++)
        {
            names.Add($"{set[i].Provider.Name}:{set[i].UpstreamModel}");
        }

        return names;
    }

    internal sealed class Idle : IInFlightView
    {
        public ImmutableDictionary<string, int> Counts { get; init; } = ImmutableDictionary<string, int>.Empty;

        public int InFlight(string provider) => Counts.GetValueOrDefault(provider);
    }
}
