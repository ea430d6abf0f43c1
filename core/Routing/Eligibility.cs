using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>Decides which candidates may be asked (SPEC section 2), and says of each other one why not. The only place that does.</summary>
/// <remarks>
/// Who lacks a capability never serves, unless the gateway can make up for it. A context that seems too short rules out
/// only while another one fits. Circuits, rests, bad health, full capacity and slow start put a candidate behind others and
/// never rule it out: the last provider of a model is never ejected. Among those that rest only the ones whose rest ends
/// first are asked, and among the full only the least full. Then an ordered strategy keeps its order, and who can do all that is asked goes before those for whom
/// the gateway makes up. Allocates nothing.
/// </remarks>
internal static class Eligibility
{
    private const Exclusion Behind =
        Exclusion.SlowStart | Exclusion.Full | Exclusion.Unhealthy | Exclusion.CircuitHalfOpen | Exclusion.Resting | Exclusion.CircuitOpen;

    private const Exclusion Never = Exclusion.Capability | Exclusion.Tried | Exclusion.NotNamed | Exclusion.Disabled | Exclusion.Draining
        | Exclusion.ModelNotAllowed | Exclusion.RegionNotAllowed;

    private static readonly Place Probe = new(-1, 0, 0);
    private static readonly Place Nowhere = new(int.MaxValue, int.MaxValue, int.MaxValue);

    /// <summary>What a definition itself says against its provider.</summary>
    public static Exclusion OfDefinition(ProviderDefinition provider) =>
        (provider.Enabled ? Exclusion.None : Exclusion.Disabled) | (provider.Draining ? Exclusion.Draining : Exclusion.None);

    /// <summary>Judges all candidates of a name.</summary>
    /// <param name="candidates">Those in service.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="isOrdered">Whether the order of an alias counts.</param>
    /// <param name="moment">When, and what this process knows.</param>
    /// <param name="space">Takes the verdicts.</param>
    /// <returns>How many may be asked: the first of <see cref="PickSpace.Eligible"/>.</returns>
    public static int Judge(in CandidateSet candidates, in PickRequest request, bool isOrdered, in PickMoment moment, in PickSpace space)
    {
        var anyFits = false;
        var own = moment.Advice is { IsSilent: false } advice ? advice : null;
        for (var i = 0; i < candidates.Count; i++)
        {
            var exclusions = Judge(candidates, i, request, moment, out space.InFlight[i]);
            if (own is not null)
            {
                exclusions |= OfOwn(own, candidates[i], candidates.StandingOf(i));
            }

            space.Exclusions[i] = exclusions;
            anyFits |= (exclusions & (Never | Exclusion.ContextLength)) == 0;
        }

        var never = anyFits ? Never | Exclusion.ContextLength : Never;
        var front = Nowhere;
        var eligible = 0;
        for (var i = 0; i < candidates.Count; i++)
        {
            var exclusions = space.Exclusions[i];
            if ((exclusions & never) != 0)
            {
                continue;
            }

            var place = PlaceOf(candidates, i, exclusions, isOrdered);
            var order = place.CompareTo(front);
            if (order > 0)
            {
                MarkIfLater(space, i, place, front);
                continue;
            }

            if (order < 0)
            {
                MarkLater(space, eligible, front, place);
                (front, eligible) = (place, 0);
            }

            space.Eligible[eligible++] = i;
        }

        if (eligible < 2 || front == Probe)
        {
            return eligible;
        }

        return (front.Behind & (int)Exclusion.Resting) != 0 ? KeepShortestRests(candidates, space.Eligible, eligible)
            : (front.Behind & (int)Exclusion.Full) != 0 ? KeepLeastFull(candidates, space, eligible)
            : eligible;
    }

    /// <summary>Whether nothing is held against those that may be asked, and this request has not failed yet.</summary>
    /// <param name="space">With the verdicts; at least one may be asked.</param>
    /// <param name="moment">When.</param>
    public static bool IsFree(in PickSpace space, in PickMoment moment) =>
        moment.Tried.IsEmpty && (space.Exclusions[space.Eligible[0]] & Behind) == 0;

    private static Exclusion Judge(in CandidateSet candidates, int index, in PickRequest request, in PickMoment moment, out int inFlight)
    {
        inFlight = 0;
        var candidate = candidates[index];
        var exclusions = Exclusion.None;
        if (moment.Tried.Contains(index))
        {
            exclusions |= Exclusion.Tried;
        }

        if ((candidate.Reach & request.Required) != request.Required)
        {
            exclusions |= Exclusion.Capability;
        }

        if (request.OnlyProvider is { } only && candidate.Provider.Name != only)
        {
            exclusions |= Exclusion.NotNamed;
        }

        if (request.Filter is { } filter)
        {
            exclusions |= filter.Judge(candidate, candidates.Alias);
        }

        // Who cannot serve is not looked at any closer: the counts below are the dear part.
        if (exclusions != Exclusion.None)
        {
            return exclusions;
        }

        if (candidate.ContextLengthTokens != 0 && request.TotalTokens > candidate.ContextLengthTokens)
        {
            exclusions |= Exclusion.ContextLength;
        }

        if ((candidate.Capabilities & request.Required) != request.Required)
        {
            exclusions |= Exclusion.Makeshift;
        }

        ref readonly var standing = ref candidates.StandingOf(index);
        inFlight = InFlight(candidate, standing, moment.InFlight);
        return exclusions | OfStanding(candidate, standing, request, moment, inFlight);
    }

    /// <summary>Requests in flight at a candidate's provider, in the whole cluster.</summary>
    public static int InFlight(Candidate candidate, in Standing standing, IInFlightView inFlight) =>
        candidate.InFlight(inFlight, standing.InFlight);

    private static Exclusion OfStanding(Candidate candidate, in Standing standing, in PickRequest request, in PickMoment moment, int inFlight)
    {
        var exclusions = standing.Status == ProviderStatus.Unhealthy ? Exclusion.Unhealthy : Exclusion.None;
        if (inFlight >= candidate.Capacity)
        {
            exclusions |= Exclusion.Full;
        }

        if (standing.Circuit != CircuitState.Closed)
        {
            exclusions |= standing.Circuit == CircuitState.Open ? Exclusion.CircuitOpen
                : moment.Advice?.MayProbe(candidate.Provider.Name, request.IsUrgent) == true ? Exclusion.None
                : Exclusion.CircuitHalfOpen;
        }

        if (standing.RestsUntil is { } end && end > moment.Now)
        {
            exclusions |= Exclusion.Resting;
        }

        if (standing.Share is { } share && Dice.Unit(BitConverter.DoubleToUInt64Bits(moment.Random) ^ candidate.Hash) >= share)
        {
            exclusions |= Exclusion.SlowStart;
        }

        return exclusions;
    }

    // What this process has seen counts as if the cluster had said it, but for a provider that the cluster lets it probe.
    private static Exclusion OfOwn(IProviderAdvice own, Candidate candidate, in Standing standing)
    {
        var shunned = standing.Circuit == CircuitState.Closed && own.IsShunned(candidate.Provider.Name) ? Exclusion.CircuitOpen : Exclusion.None;
        return shunned | (own.Rests(candidate.Provider.Name, candidate.Entry.Id) ? Exclusion.Resting : Exclusion.None);
    }

    private static Place PlaceOf(in CandidateSet candidates, int index, Exclusion exclusions, bool isOrdered)
    {
        // A half-open circuit that is not held against the candidate is one that this request may probe.
        var isProbe = candidates.StandingOf(index).Circuit == CircuitState.HalfOpen
            && (exclusions & (Exclusion.CircuitHalfOpen | Exclusion.Resting | Exclusion.Full)) == 0;
        return isProbe ? Probe : new Place(
            (int)(exclusions & Behind),
            isOrdered ? candidates[index].Tier : 0,
            (exclusions & Exclusion.Makeshift) != 0 ? 1 : 0);
    }

    private static void MarkLater(in PickSpace space, int count, in Place from, in Place front)
    {
        foreach (var index in space.Eligible[..count])
        {
            MarkIfLater(space, index, from, front);
        }
    }

    // Only where the order alone has decided: what stands behind for another reason has that reason.
    private static void MarkIfLater(in PickSpace space, int index, in Place place, in Place front)
    {
        if (front == Probe)
        {
            space.Exclusions[index] |= Exclusion.ProbeFirst;
        }
        else if (place.Tier > front.Tier && place.Behind == front.Behind)
        {
            space.Exclusions[index] |= Exclusion.LaterInOrder;
        }
    }

    private static int KeepShortestRests(in CandidateSet candidates, Span<int> eligible, int count)
    {
        var first = DateTimeOffset.MaxValue;
        foreach (var index in eligible[..count])
        {
            var end = EndOf(candidates, index);
            first = end < first ? end : first;
        }

        var kept = 0;
        foreach (var index in eligible[..count])
        {
            if (EndOf(candidates, index) == first)
            {
                eligible[kept++] = index;
            }
        }

        return kept;
    }

    // All are full, and so their load counts nothing more in any score: chance would flood one of them for as long as it leads.
    private static int KeepLeastFull(in CandidateSet candidates, in PickSpace space, int count)
    {
        var least = double.PositiveInfinity;
        foreach (var index in space.Eligible[..count])
        {
            least = Math.Min(least, FullnessOf(candidates, space, index));
        }

        var kept = 0;
        foreach (var index in space.Eligible[..count])
        {
            if (FullnessOf(candidates, space, index) <= least)
            {
                space.Eligible[kept++] = index;
            }
        }

        return kept;
    }

    private static double FullnessOf(in CandidateSet candidates, in PickSpace space, int index) =>
        (double)space.InFlight[index] / Math.Max(1, candidates[index].Provider.MaxConcurrency);

    // A rest that only this process knows of is a matter of moments: the cluster will know its end.
    private static DateTimeOffset EndOf(in CandidateSet candidates, int index) => candidates.StandingOf(index).RestsUntil ?? DateTimeOffset.MinValue;

    // The smaller goes first.
    private readonly record struct Place(int Behind, int Tier, int Makeshift)
    {
        public int CompareTo(in Place other) =>
            Behind != other.Behind ? Behind.CompareTo(other.Behind)
            : Tier != other.Tier ? Tier.CompareTo(other.Tier)
            : Makeshift.CompareTo(other.Makeshift);
    }
}
