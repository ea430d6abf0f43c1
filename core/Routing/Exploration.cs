namespace ProxyCluster.Core.Routing;

/// <summary>
/// Sends a small share of the requests to those of which little is known, whatever a strategy thinks of them, so that the
/// score of a loser stays fresh and a newcomer gets one (SPEC section 2: so that the best stays the best).
/// </summary>
/// <remarks>
/// Who has up to <see cref="Enough"/> outcomes behind its score, aged (<see cref="ProviderScore.Evidence"/>), is in full
/// need; beyond, need falls with the square of the outcomes, so that one that is known to be bad costs clients little.
/// Candidates together never get more than the share. Only who may be asked like all others is explored: never an open
/// circuit, a resting model, a full or an unhealthy provider, and never for a request that has failed already.
/// </remarks>
internal static class Exploration
{
    /// <summary>Outcomes up to which a candidate is explored as much as a share allows.</summary>
    public const int Enough = ScoreCalculator.ReliabilityMinimum;

    private const double LargestRandom = 1 - (1.0 / (1L << 53));

    /// <summary>Decides whether a request explores, and whom.</summary>
    /// <param name="candidates">Those in service.</param>
    /// <param name="eligible">The numbers of those that may be asked; at least one.</param>
    /// <param name="random">Uniform in [0, 1); where the request does not explore, what is left of it is so again.</param>
    /// <param name="explored">The candidate's number.</param>
    public static bool TryDraw(in CandidateSet candidates, ReadOnlySpan<int> eligible, ref double random, out int explored)
    {
        explored = -1;
        var share = candidates.Rules.ExplorationShare;
        if (share <= 0)
        {
            return false;
        }

        if (random >= share)
        {
            random = Math.Min((random - share) / (1 - share), LargestRandom);
            return false;
        }

        double needs = 0;
        foreach (var index in eligible)
        {
            needs += NeedOf(candidates, index);
        }

        var scale = share / Math.Max(1, needs);
        var rest = random;
        foreach (var index in eligible)
        {
            rest -= scale * NeedOf(candidates, index);
            if (rest < 0)
            {
                explored = index;
                return true;
            }
        }

        random = Math.Min(rest / (share - (scale * needs)), LargestRandom);
        return false;
    }

    private static double NeedOf(in CandidateSet candidates, int index)
    {
        var lacking = (double)Enough / Math.Max(Enough, candidates.StandingOf(index).Evidence);
        return lacking * lacking;
    }
}
