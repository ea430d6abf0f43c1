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
    private readonly Candidate[]? _candidates;
    private readonly RoutingIndex? _index;

    internal CandidateSet(Candidate[] candidates, RoutingIndex index)
    {
        _candidates = candidates;
        _index = index;
        State = CandidateState.Found;
    }

    internal CandidateSet(CandidateState state) => State = state;

    /// <summary>Whether anybody can serve the name.</summary>
    public CandidateState State { get; }

    /// <summary>How many candidates there are.</summary>
    public int Count => _candidates?.Length ?? 0;

    /// <summary>The candidate with a number that <see cref="ProviderPicker"/> gave.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public Candidate this[int index] => _candidates![index];

    /// <summary>What the cluster thought of the candidate's provider.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ProviderStatus StatusOf(int index) => StandingOf(index).Status;

    /// <summary>Whether any candidate, in whatever state, can do what is asked: if not, no retry will help.</summary>
    /// <param name="required">What is asked.</param>
    public bool Supports(ModelCapabilities required)
    {
        foreach (var candidate in _candidates ?? [])
        {
            if ((candidate.Reach & required) == required)
            {
                return true;
            }
        }

        return false;
    }

    internal ref readonly Standing StandingOf(int index) => ref _index!.StandingOf(_candidates![index].Slot);

    internal ScoreWeights Weights => _index!.Weights;
}
