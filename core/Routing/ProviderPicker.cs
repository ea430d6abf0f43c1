using System.Buffers;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>
/// Chooses a provider for one attempt: the highest score wins, and those within
/// <see cref="ScoreCalculator.EqualWithin"/> points of it share the traffic by priority, then by weight.
/// </summary>
/// <remarks>
/// Candidates that lack a capability never serve, unless the gateway can make up for it. The others come in classes:
/// the well ones with room; those at their <see cref="ProviderDefinition.MaxConcurrency"/>; the unhealthy, so that the
/// last provider of a model is never ejected. Within a class an ordered alias keeps its order, and who can do all that is asked goes before those for
/// whom the gateway makes up. Estimated tokens rule out a model with too short a context only while another one fits: an
/// estimate alone refuses nobody. Allocates nothing.
/// </remarks>
public static class ProviderPicker
{
    private const int StackLimit = 128;
    private const double Excluded = double.NegativeInfinity;

    /// <summary>Chooses the best candidate that was not tried yet.</summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="inFlight">This process's own counts, fresher than the cluster's.</param>
    /// <param name="random">Uniform in [0, 1): shares the traffic among equals.</param>
    /// <param name="tried">Numbers of candidates that were tried for this request.</param>
    /// <returns>The candidate's number, or -1 when nobody is left.</returns>
    public static int Pick(
        in CandidateSet candidates, in PickRequest request, IInFlightView inFlight, double random, ReadOnlySpan<int> tried)
    {
        var count = candidates.Count;
        if (count == 0)
        {
            return -1;
        }

        double[]? rented = null;
        var scores = count <= StackLimit
            ? stackalloc double[StackLimit]
            : (rented = ArrayPool<double>.Shared.Rent(count));
        try
        {
            scores = scores[..count];
            return Pick(candidates, request, inFlight, random, tried, scores);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<double>.Shared.Return(rented);
            }
        }
    }

    /// <summary>A candidate's score for a request, part by part.</summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="index">The candidate's number.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="inFlight">This process's own counts.</param>
    public static ScoreParts Score(in CandidateSet candidates, int index, in PickRequest request, IInFlightView inFlight)
    {
        var candidate = candidates[index];
        ref readonly var standing = ref candidates.StandingOf(index);
        return Score(candidate, standing, request, InFlight(candidate, standing, inFlight), candidates.Weights);
    }

    private static int Pick(
        in CandidateSet candidates,
        in PickRequest request,
        IInFlightView inFlight,
        double random,
        ReadOnlySpan<int> tried,
        Span<double> scores)
    {
        var mustFit = AnyFits(candidates, request, tried);
        var weights = candidates.Weights;
        (int Class, int Tier, bool IsMakeshift) front = (int.MaxValue, int.MaxValue, true);
        var best = Excluded;

        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Excluded;
            var candidate = candidates[i];
            if (tried.Contains(i) || !Serves(candidate, request) || (mustFit && !Fits(candidate, request)))
            {
                continue;
            }

            ref readonly var standing = ref candidates.StandingOf(i);
            var load = InFlight(candidate, standing, inFlight);
            var place = (ClassOf(candidate, standing, load), candidate.Tier, IsMakeshift(candidate, request));
            var order = place.CompareTo(front);
            if (order > 0)
            {
                continue;
            }

            if (order < 0)
            {
                scores[..i].Fill(Excluded);
                (front, best) = (place, Excluded);
            }

            scores[i] = Score(candidate, standing, request, load, weights).Total;
            best = Math.Max(best, scores[i]);
        }

        return best == Excluded ? -1 : Share(candidates, scores, best - ScoreCalculator.EqualWithin, random);
    }

    private static int Share(in CandidateSet candidates, ReadOnlySpan<double> scores, double atLeast, double random)
    {
        var priority = int.MaxValue;
        double weight = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var provider = candidates[i].Provider;
            if (scores[i] < atLeast || provider.Priority > priority)
            {
                continue;
            }

            weight = provider.Priority < priority ? 0 : weight;
            priority = provider.Priority;
            weight += provider.Weight;
        }

        var rest = random * weight;
        var last = -1;
        for (var i = 0; i < scores.Length; i++)
        {
            var provider = candidates[i].Provider;
            if (scores[i] < atLeast || provider.Priority != priority)
            {
                continue;
            }

            last = i;
            rest -= provider.Weight;
            if (rest < 0)
            {
                break;
            }
        }

        return last;
    }

    private static bool AnyFits(in CandidateSet candidates, in PickRequest request, ReadOnlySpan<int> tried)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!tried.Contains(i) && Serves(candidates[i], request) && Fits(candidates[i], request))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Serves(Candidate candidate, in PickRequest request) =>
        (candidate.Reach & request.Required) == request.Required;

    private static bool IsMakeshift(Candidate candidate, in PickRequest request) =>
        (candidate.Capabilities & request.Required) != request.Required;

    private static bool Fits(Candidate candidate, in PickRequest request) =>
        candidate.Entry.ContextLengthTokens == 0 || request.TotalTokens <= candidate.Entry.ContextLengthTokens;

    private static int ClassOf(Candidate candidate, in Standing standing, int inFlight)
    {
        if (standing.Status == ProviderStatus.Unhealthy)
        {
            return 2;
        }

        return inFlight >= candidate.Provider.MaxConcurrency ? 1 : 0;
    }

    // The cluster's figure is up to half a second old and holds this process's own share; a burst of its own shows at once.
    private static int InFlight(Candidate candidate, in Standing standing, IInFlightView inFlight) =>
        Math.Max(standing.InFlight, inFlight.InFlight(candidate.Provider.Name));

    private static ScoreParts Score(
        Candidate candidate, in Standing standing, in PickRequest request, int inFlight, in ScoreWeights weights) =>
        ScoreParts.Weigh(
            request.IsStreamed ? standing.StreamedPerformance : standing.Performance,
            ScoreCalculator.Cost(candidate.Price, request.PromptTokens, request.OutputTokens),
            request.IsStreamed ? standing.StreamedReliability : standing.Reliability,
            ScoreCalculator.Load(inFlight, candidate.Provider.MaxConcurrency),
            weights);
}
