using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;

namespace ProxyCluster.Core.Routing;

/// <summary>The part of the index that depends on definitions alone: which name leads to which candidates.</summary>
internal sealed class RoutingTopology
{
    /// <summary>Names that only patterns serve are remembered up to this many; then the memory starts anew.</summary>
    public const int RememberedNames = 1024;

    /// <summary>Longer names are served, but never remembered: the memory is bounded in bytes too.</summary>
    public const int LongestRememberedName = 256;

    private readonly ImmutableArray<ProviderDefinition> _providers;
    private readonly ModelCapabilities?[] _ceilings;
    private readonly GeoPoint?[] _locations;
    private readonly int[] _firstSlots;
    private readonly int _slots;
    private readonly int[] _patternProviders;
    private readonly Dictionary<string, List<int>> _exactProviders = new(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, int> _providerNumbers;
    private readonly FrozenDictionary<string, ModelMatch> _exact;
    private readonly FrozenDictionary<string, ModelMatch>.AlternateLookup<ReadOnlySpan<char>> _exactByChars;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbersByChars;
    private ConcurrentDictionary<string, ModelMatch> _remembered = new(StringComparer.Ordinal);

    public RoutingTopology(RoutingDefinitions definitions, CapabilityCeiling? ceiling, RegionMap regions)
    {
        _providers = definitions.Providers;
        _ceilings = [.. _providers.Select(provider => ceiling?.Invoke(provider))];
        _locations = [.. _providers.Select(provider => regions.Find(provider.Region))];
        _firstSlots = new int[_providers.Length];
        for (var i = 0; i < _providers.Length; i++)
        {
            _firstSlots[i] = _slots;
            _slots += _providers[i].Models.Length;
            foreach (var entry in _providers[i].Models.Where(m => !m.IsPattern))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_exactProviders, entry.Id, out _) ??= [];
                _exactProviders[entry.Id].Add(i);
            }
        }

        _patternProviders = [.. Enumerable.Range(0, _providers.Length).Where(i => _providers[i].Models.Any(m => m.IsPattern))];
        _providerNumbers = Numbers(_providers);
        _numbersByChars = _providerNumbers.GetAlternateLookup<ReadOnlySpan<char>>();

        var exact = new Dictionary<string, ModelMatch>(StringComparer.Ordinal);
        foreach (var name in _exactProviders.Keys)
        {
            exact[name] = ModelMatch.Of(SearchWithPrefix(name));
        }

        // Aliases last: an alias may have the name of a model, and may stand for that very model.
        foreach (var alias in definitions.Aliases)
        {
            exact[alias.Name] = ModelMatch.Of(Search(alias), alias);
        }

        ModelNames = [.. exact.Where(e => e.Value.State == CandidateState.Found).Select(e => e.Key).Order(StringComparer.Ordinal)];
        _exact = exact.ToFrozenDictionary(StringComparer.Ordinal);
        _exactByChars = _exact.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public ImmutableArray<string> ModelNames { get; }

    /// <summary>Puts scores where candidates look for them. Status, load and circuit are a provider's, whichever entry told them.</summary>
    public Standing[] Place(ScoreVector scores)
    {
        var standings = new Standing[_slots];
        Array.Fill(standings, Standing.NoData);
        var last = new int[_providers.Length];
        Array.Fill(last, -1);
        var next = new int[_providers.Length];
        for (var i = 0; i < scores.Scores.Length; i++)
        {
            var score = scores.Scores[i];
            if (!_providerNumbers.TryGetValue(score.Provider, out var number))
            {
                continue;
            }

            last[number] = i;
            if (IndexOf(score.Model, _providers[number].Models, next[number]) is >= 0 and var entry)
            {
                standings[_firstSlots[number] + entry] = From(score);
                next[number] = entry + 1;
            }
        }

        for (var number = 0; number < last.Length; number++)
        {
            if (last[number] >= 0)
            {
                PlaceProvidersOwn(scores.Scores[last[number]], standings.AsSpan(_firstSlots[number], _providers[number].Models.Length));
            }
        }

        return standings;
    }

    public ModelMatch Find(ReadOnlySpan<char> model)
    {
        if (!_exactByChars.TryGetValue(model, out var match)
            && !_remembered.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(model, out match))
        {
            match = ModelMatch.Of(SearchWithPrefix(model.ToString()));
            Remember(model, match);
        }

        return match;
    }

    // Providers tell of their models in the order of their definition: from the place after the last one, the search ends at once.
    private static int IndexOf(string model, ImmutableArray<ModelDefinition> models, int from)
    {
        for (var i = 0; i < models.Length; i++)
        {
            var at = (from + i) % models.Length;
            if (models[at].Id == model)
            {
                return at;
            }
        }

        return -1;
    }

    private static void PlaceProvidersOwn(in ProviderScore score, Span<Standing> standings)
    {
        foreach (ref var standing in standings)
        {
            standing = standing with { InFlight = score.InFlight, Status = score.Status, Circuit = score.Circuit };
        }
    }

    // Names nobody serves are not remembered: strangers would fill the memory with them.
    private void Remember(ReadOnlySpan<char> model, ModelMatch match)
    {
        if (match.State == CandidateState.UnknownModel || model.Length > LongestRememberedName)
        {
            return;
        }

        if (_remembered.Count >= RememberedNames)
        {
            _remembered = new(StringComparer.Ordinal);
        }

        _remembered[model.ToString()] = match;
    }

    private List<FoundModel> Search(AliasDefinition alias)
    {
        var found = new List<FoundModel>();
        for (var i = 0; i < alias.Models.Length; i++)
        {
            foreach (var one in SearchWithPrefix(alias.Models[i]))
            {
                var isKnown = found.Exists(f => f.Slot == one.Slot && f.Model == one.Model);
                if (!isKnown)
                {
                    found.Add(one with { Tier = i });
                }
            }
        }

        return found;
    }

    private List<FoundModel> SearchWithPrefix(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !_numbersByChars.TryGetValue(name.AsSpan(0, slash), out var number))
        {
            return Search(name);
        }

        var found = new List<FoundModel>();
        Add(found, number, name[(slash + 1)..], exactOnly: false);
        if (found.Count > 0)
        {
            return found;
        }

        // A provider of providers lists "openai/gpt-4o" as a name of its own; its pattern "*" does not speak for others.
        foreach (var other in (_exactProviders.GetValueOrDefault(name) ?? []).Distinct())
        {
            Add(found, other, name, exactOnly: true);
        }

        return found;
    }

    // Only providers that can match are looked at: with a thousand providers of ten models, all against all takes a second.
    private List<FoundModel> Search(string model)
    {
        var found = new List<FoundModel>();
        foreach (var number in (_exactProviders.GetValueOrDefault(model) ?? []).Union(_patternProviders).Order())
        {
            Add(found, number, model, exactOnly: false);
        }

        return found;
    }

    private void Add(List<FoundModel> found, int number, string model, bool exactOnly)
    {
        var provider = _providers[number];
        for (var i = 0; i < provider.Models.Length; i++)
        {
            var entry = provider.Models[i];
            if (entry.Serves(model) && !(exactOnly && entry.IsPattern))
            {
                var capabilities = entry.Capabilities & (_ceilings[number] ?? entry.Capabilities);
                var known = ModelCatalogue.Shipped.Fill(provider.Type, entry.UpstreamId ?? model, entry);
                known = provider.Type == CustomDefaults.Type ? CustomDefaults.Fill(model, known) : known;
                found.Add(new FoundModel(provider, known, model, capabilities, _firstSlots[number] + i, 0, _locations[number]));
                return;
            }
        }
    }

    private static FrozenDictionary<string, int> Numbers(ImmutableArray<ProviderDefinition> providers)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < providers.Length; i++)
        {
            numbers[providers[i].Name] = i;
        }

        return numbers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static Standing From(in ProviderScore score) => new(
        score.Performance,
        score.Reliability,
        score.StreamedPerformance ?? score.Performance,
        score.StreamedReliability ?? score.Reliability,
        score.InFlight,
        score.Status)
    {
        Circuit = score.Circuit,
        Share = score.Share,
        RestsUntil = score.RestsUntil,
        LatencySeconds = score.LatencySeconds,
        FirstTokenSeconds = score.FirstTokenSeconds,
        Evidence = score.Evidence,
    };
}
