using System.Collections.Immutable;
using ProxyCluster.Core.Regions;

namespace ProxyCluster.Core.Routing;

/// <summary>
/// Finds the candidates for a model name, with the standing they have. Immutable save for a bounded cache: built when
/// definitions change, given new scores up to four times a second, read by every request.
/// </summary>
public sealed class RoutingIndex
{
    private readonly RoutingTopology _topology;
    private readonly Standing[] _standings;

    private RoutingIndex(RoutingTopology topology, Standing[] standings, ScoreWeights weights, RegionMap regions, ScoreRules rules)
    {
        _topology = topology;
        _standings = standings;
        Weights = weights;
        Regions = regions;
        Rules = rules;
    }

    /// <summary>An index of nothing: every model is unknown.</summary>
    public static RoutingIndex Empty { get; } = Build(RoutingDefinitions.Empty, ScoreVector.Empty, ScoreWeights.Default);

    /// <summary>How much each part of the score counts.</summary>
    public ScoreWeights Weights { get; }

    /// <summary>Where regions are.</summary>
    public RegionMap Regions { get; }

    /// <summary>What scores are held against, and how they are kept fresh.</summary>
    public ScoreRules Rules { get; }

    /// <summary>Every name that is in service, sorted: aliases, and entries that are no patterns.</summary>
    public ImmutableArray<string> ModelNames => _topology.ModelNames;

    /// <summary>Builds an index.</summary>
    /// <param name="definitions">Who serves what.</param>
    /// <param name="scores">How well.</param>
    /// <param name="weights">How much each part of the score counts.</param>
    /// <param name="ceiling">What each provider can do at most; <see langword="null"/>: everything.</param>
    /// <param name="regions">Where regions are; <see langword="null"/>: only the well-known ones.</param>
    /// <param name="rules">What scores are held against, and how they are kept fresh.</param>
    public static RoutingIndex Build(
        RoutingDefinitions definitions, ScoreVector scores, in ScoreWeights weights, CapabilityCeiling? ceiling = null, RegionMap? regions = null, ScoreRules rules = default)
    {
        regions ??= RegionMap.WellKnown;
        var topology = new RoutingTopology(definitions, ceiling, regions);
        return new RoutingIndex(topology, topology.Place(scores), weights, regions, rules);
    }

    /// <summary>The same definitions with other scores. Costs one array.</summary>
    /// <param name="scores">How well they serve.</param>
    public RoutingIndex WithScores(ScoreVector scores) => new(_topology, _topology.Place(scores), Weights, Regions, Rules);

    /// <summary>
    /// Finds who serves a name: an alias, <c>provider/model</c> where the part before the first slash names a provider,
    /// or a model of any provider.
    /// </summary>
    /// <param name="model">As the client wrote it.</param>
    public CandidateSet Resolve(ReadOnlySpan<char> model) => new(_topology.Find(model), this);

    internal ref readonly Standing StandingOf(int slot) => ref _standings[slot];
}
