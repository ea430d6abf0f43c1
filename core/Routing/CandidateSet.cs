using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>Whether anybody can serve a model name.</summary>
public enum CandidateState
{
    /// <summary>No provider knows the name.</summary>
    UnknownModel = 0,

    /// <summary>There are candidates.</summary>
    Found = 1,

    /// <summary>The name is known, but every provider of it is disabled or draining.</summary>
    OutOfService = 2,
}

/// <summary>The candidates for one model name, with the scores they had when the name was resolved.</summary>
public readonly struct CandidateSet
{
    private readonly ModelMatch? _match;
    private readonly RoutingIndex? _index;

    internal CandidateSet(ModelMatch match, RoutingIndex index)
    {
        _match = match;
        _index = index;
    }

    /// <summary>Whether anybody can serve the name.</summary>
    public CandidateState State => _match?.State ?? CandidateState.UnknownModel;

    /// <summary>How many candidates there are.</summary>
    public int Count => _match?.Candidates.Length ?? 0;

    /// <summary>Those that are disabled or draining. Never asked.</summary>
    public ReadOnlySpan<Candidate> OutOfService => _match?.OutOfService;

    /// <summary>The alias whose name was resolved; <see langword="null"/>: a model's.</summary>
    public AliasDefinition? Alias => _match?.Alias;

    /// <summary>The candidate with a number that <see cref="ProviderPicker"/> gave.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public Candidate this[int index] => _match!.Candidates[index];

    /// <summary>What the cluster thought of the candidate's provider.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ProviderStatus StatusOf(int index) => StandingOf(index).Status;

    /// <summary>The circuit of the candidate's provider, as the cluster last told it.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public CircuitState CircuitOf(int index) => StandingOf(index).Circuit;

    /// <summary>Whether any candidate, in whatever state, can do what is asked: if not, no retry will help.</summary>
    /// <param name="required">What is asked.</param>
    public bool Supports(ModelCapabilities required)
    {
        foreach (var candidate in _match?.Candidates ?? [])
        {
            if ((candidate.Reach & required) == required)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a provider is among the candidates.</summary>
    /// <param name="provider">Its name.</param>
    public bool Has(string provider)
    {
        foreach (var candidate in _match?.Candidates ?? [])
        {
            if (candidate.Provider.Name == provider)
            {
                return true;
            }
        }

        return false;
    }

    internal ref readonly Standing StandingOf(int index) => ref _index!.StandingOf(_match!.Candidates[index].Slot);

    internal ScoreWeights Weights => _index!.Weights;

    internal ScoreRules Rules => _index!.Rules;

    /// <summary>Dollars that a request costs at the dearest candidate; 0 where no price is known, or nobody is held against it.</summary>
    internal double DearestFor(in PickRequest request)
    {
        double dearest = 0;
        if (Rules.RelativeCost)
        {
            foreach (var candidate in _match!.Candidates)
            {
                dearest = Math.Max(dearest, request.CostAt(candidate.Price));
            }
        }

        return dearest;
    }

    internal int LastTurn => _match!.LastTurn;

    internal bool TryTakeTurn(int last, int next) => _match!.TryTakeTurn(last, next);
}
