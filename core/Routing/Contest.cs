namespace ProxyCluster.Core.Routing;

/// <summary>What a strategy chooses from: the candidates that may be asked, and what is known of them.</summary>
public readonly ref struct Contest
{
    private readonly CandidateSet _candidates;
    private readonly ReadOnlySpan<int> _eligible;
    private readonly ReadOnlySpan<int> _inFlight;
    private readonly ref readonly PickRequest _request;
    private readonly double _dearest;

    internal Contest(
        in CandidateSet candidates, in PickRequest request, in PickSpace space, int eligible, double random, int lastTurn)
    {
        _candidates = candidates;
        _eligible = space.Eligible[..eligible];
        _inFlight = space.InFlight;
        Values = space.Values[..eligible];
        _request = ref request;
        Random = random;
        LastTurn = lastTurn;
        _dearest = candidates.DearestFor(request);
    }

    /// <summary>How many contend; at least 1.</summary>
    public int Count => _eligible.Length;

    /// <summary>What is asked.</summary>
    public ref readonly PickRequest Request => ref _request;

    /// <summary>Uniform in [0, 1), drawn for this choice.</summary>
    public double Random { get; }

    /// <summary>The <see cref="Candidate.Rank"/> of who had the last turn; -1: nobody yet.</summary>
    public int LastTurn { get; }

    /// <summary>For the strategy's own use: a number for each contender, not cleared.</summary>
    public Span<double> Values { get; }

    /// <summary>A contender.</summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    public Candidate this[int place] => _candidates[_eligible[place]];

    /// <summary>Requests in flight at a contender's provider, as far as this process knows.</summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    public int InFlight(int place) => _inFlight[_eligible[place]];

    /// <summary>A contender's score, part by part.</summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    public ScoreParts Score(int place) => ProviderPicker.Score(_candidates, _eligible[place], _request, InFlight(place), _dearest);

    /// <summary>
    /// Peak-sensitive average of a contender's times, in seconds: to the first token for a stream, else to the end;
    /// <see langword="null"/>: no data.
    /// </summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    public double? LatencySeconds(int place)
    {
        ref readonly var standing = ref _candidates.StandingOf(_eligible[place]);
        return Request.IsStreamed ? standing.FirstTokenSeconds ?? standing.LatencySeconds : standing.LatencySeconds;
    }
}
