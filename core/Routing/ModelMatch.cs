using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;

namespace ProxyCluster.Core.Routing;

/// <summary>Who serves one name. Made once for a set of definitions; all that changes is whose turn it was.</summary>
internal sealed class ModelMatch
{
    private int _lastTurn = -1;

    private ModelMatch(CandidateState state, Candidate[] candidates, Candidate[] outOfService, AliasDefinition? alias)
    {
        State = state;
        Candidates = candidates;
        OutOfService = outOfService;
        Alias = alias;
    }

    public CandidateState State { get; }

    /// <summary>Those in service.</summary>
    public Candidate[] Candidates { get; }

    /// <summary>Those that serve the name, and are disabled or draining: never asked, only told of.</summary>
    public Candidate[] OutOfService { get; }

    /// <summary>The alias whose name it is; <see langword="null"/>: a model's.</summary>
    public AliasDefinition? Alias { get; }

    /// <summary>The rank of the candidate that had the last turn; -1: nobody yet.</summary>
    public int LastTurn => Volatile.Read(ref _lastTurn);

    public static ModelMatch Of(List<FoundModel> found, AliasDefinition? alias = null)
    {
        // Ranks by name, so that turns go round in the same order in every process, however a definition lists them.
        var ranks = found
            .OrderBy(static f => f.Provider.Name, StringComparer.Ordinal)
            .ThenBy(static f => f.Model, StringComparer.Ordinal)
            .Select(static (f, rank) => (f.Slot, f.Model, rank))
            .ToDictionary(static r => (r.Slot, r.Model), static r => r.rank);
        Candidate[] all = [.. found.Select(f => new Candidate(f, ranks[(f.Slot, f.Model)]))];
        var serving = Array.FindAll(all, static c => Eligibility.OfDefinition(c.Provider) == Exclusion.None);
        var state = serving.Length > 0 ? CandidateState.Found
            : all.Length > 0 ? CandidateState.OutOfService
            : CandidateState.UnknownModel;
        return new ModelMatch(state, serving, [.. all.Except(serving)], alias);
    }

    /// <summary>Takes a turn.</summary>
    /// <returns><see langword="false"/>: another request was faster, and the choice is to be made anew.</returns>
    public bool TryTakeTurn(int last, int next) => Interlocked.CompareExchange(ref _lastTurn, next, last) == last;
}

/// <summary>An entry of a provider that serves a name.</summary>
internal readonly record struct FoundModel(
    ProviderDefinition Provider, ModelDefinition Entry, string Model, ModelCapabilities Capabilities, int Slot, int Tier, GeoPoint? Location);
