namespace ProxyCluster.Core.Routing;

/// <summary>
/// Sends a share of the requests to those of which least is known, whatever a strategy thinks of them, so that the score
/// of a loser stays fresh and a newcomer gets one (SPEC section 2: so that the best stays the best).
/// </summary>
/// <remarks>
/// Who is drawn depends on evidence alone (<see cref="ProviderScore.Evidence"/>): each has a share of <c>1 / (1 +
/// evidence)</c>. A newcomer gets nearly all of it, a loser that was explored lately little. Only who may be asked like
/// all others is explored: never an open circuit, a resting model, a full or an unhealthy provider, and never for a
/// request that has failed already.
/// </remarks>
internal static class Exploration
{
    /// <summary>Whether a request explores. What the decision leaves of the random number is as uniform as the whole.</summary>
    /// <param name="share">The share of requests that does, 0 to 1.</param>
    /// <param name="random">Uniform in [0, 1), before and after.</param>
    public static bool Takes(double share, ref double random)
    {
        var takes = random < share;
        random = takes ? random / share : (random - share) / (1 - share);
        return takes;
    }

    /// <summary>Draws who is explored.</summary>
    /// <param name="candidates">Those in service.</param>
    /// <param name="eligible">The numbers of those that may be asked; at least one.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    /// <returns>The candidate's number.</returns>
    public static int Draw(in CandidateSet candidates, ReadOnlySpan<int> eligible, double random)
    {
        double sum = 0;
        foreach (var index in eligible)
        {
            sum += Need(candidates, index);
        }

        var rest = random * sum;
        foreach (var index in eligible)
        {
            rest -= Need(candidates, index);
            if (rest < 0)
            {
                return index;
            }
        }

        return eligible[^1];
    }

    private static double Need(in CandidateSet candidates, int index) => 1.0 / (1 + Math.Max(0, candidates.StandingOf(index).Evidence));
}
