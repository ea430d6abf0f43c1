using System.Collections.Immutable;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>A choice and what led to it.</summary>
/// <param name="Candidates">All that serve the name, those out of service last.</param>
/// <param name="Chosen">The place of who was chosen in <paramref name="Candidates"/>; -1: nobody.</param>
public sealed record PickExplanation(ImmutableArray<ExplainedCandidate> Candidates, int Chosen)
{
    /// <summary>Whether it was chosen so that its score stays fresh, and not by the strategy.</summary>
    public bool Explores { get; init; }

    /// <summary>The share of such requests that goes to each of <see cref="Candidates"/> that is in service; <see langword="null"/>: not known.</summary>
    public IReadOnlyList<double>? Chances { get; init; }

    internal static PickExplanation Of(
        in CandidateSet candidates, in PickRequest request, in PickMoment moment, in PickSpace space, int eligible, int chosen)
    {
        var dearest = candidates.DearestFor(request);
        var all = ImmutableArray.CreateBuilder<ExplainedCandidate>();
        for (var i = 0; i < candidates.Count; i++)
        {
            ref readonly var standing = ref candidates.StandingOf(i);
            var inFlight = Eligibility.InFlight(candidates[i], standing, moment.InFlight);
            all.Add(new ExplainedCandidate(candidates[i], space.Exclusions[i])
            {
                IsEligible = space.Eligible[..eligible].Contains(i),
                Score = ProviderPicker.Score(candidates, i, request, inFlight, dearest),
                InFlight = inFlight,
                Status = standing.Status,
                Circuit = standing.Circuit,
                Share = standing.Share,
                RestsUntil = standing.RestsUntil > moment.Now ? standing.RestsUntil : null,
                LatencySeconds = request.IsStreamed ? standing.FirstTokenSeconds ?? standing.LatencySeconds : standing.LatencySeconds,
            });
        }

        foreach (var candidate in candidates.OutOfService)
        {
            all.Add(new ExplainedCandidate(candidate, Eligibility.OfDefinition(candidate.Provider)));
        }

        return new PickExplanation(all.ToImmutable(), chosen);
    }
}

/// <summary>One candidate of a choice.</summary>
/// <param name="Candidate">Provider and entry.</param>
/// <param name="Exclusions">What speaks against it. Of one that contends all the same: what nobody else is better in.</param>
public sealed record ExplainedCandidate(Candidate Candidate, Exclusion Exclusions)
{
    /// <summary>Whether the strategy chose from it.</summary>
    public bool IsEligible { get; init; }

    /// <summary>Its score, part by part; <see langword="null"/>: out of service.</summary>
    public ScoreParts? Score { get; init; }

    /// <summary>Requests in flight at its provider.</summary>
    public int InFlight { get; init; }

    /// <summary>What the cluster thinks of its provider.</summary>
    public ProviderStatus Status { get; init; }

    /// <summary>Its provider's circuit.</summary>
    public CircuitState Circuit { get; init; }

    /// <summary>The share of its traffic that it gets after a failure, above 0 and under 1; <see langword="null"/>: all.</summary>
    public double? Share { get; init; }

    /// <summary>Until when it wants no request for this model; <see langword="null"/>: it takes them.</summary>
    public DateTimeOffset? RestsUntil { get; init; }

    /// <summary>Peak-sensitive average of its times for such a request, in seconds; <see langword="null"/>: no data.</summary>
    public double? LatencySeconds { get; init; }
}
