using System.Buffers;

namespace ProxyCluster.Core.Routing;

/// <summary>Chooses a provider for one attempt: <see cref="Eligibility"/> says who may be asked, a strategy which of them is. Allocates nothing.</summary>
public static class ProviderPicker
{
    /// <summary>Draws that <see cref="Chances"/> makes.</summary>
    public const int Draws = 100;

    private const int StackLimit = 128;

    private enum Turn
    {
        Taken,
        LeftAlone,
    }

    /// <summary>Chooses a candidate that was not tried yet.</summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="strategy">Chooses among those that may be asked.</param>
    /// <param name="moment">When, and what this process knows.</param>
    /// <returns>The candidate's number, or -1 when nobody is left.</returns>
    public static int Pick(in CandidateSet candidates, in PickRequest request, IRoutingStrategy strategy, in PickMoment moment) =>
        Pick(candidates, request, strategy, moment, out _);

    /// <inheritdoc cref="Pick(in CandidateSet, in PickRequest, IRoutingStrategy, in PickMoment)"/>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="strategy">Chooses among those that may be asked.</param>
    /// <param name="moment">When, and what this process knows.</param>
    /// <param name="explores">Whether the candidate was chosen so that its score stays fresh, and not by the strategy.</param>
    public static int Pick(
        in CandidateSet candidates, in PickRequest request, IRoutingStrategy strategy, in PickMoment moment, out bool explores)
    {
        var count = candidates.Count;
        if (count <= StackLimit)
        {
            Span<int> numbers = stackalloc int[StackLimit * PickSpace.NumbersEach];
            Span<double> values = stackalloc double[StackLimit];
            var space = new PickSpace(numbers[..(count * PickSpace.NumbersEach)], values[..count]);
            return Choose(candidates, request, strategy, moment, space, Turn.Taken, out _, out explores);
        }

        var rentedNumbers = ArrayPool<int>.Shared.Rent(count * PickSpace.NumbersEach);
        var rentedValues = ArrayPool<double>.Shared.Rent(count);
        try
        {
            var space = new PickSpace(rentedNumbers.AsSpan(0, count * PickSpace.NumbersEach), rentedValues.AsSpan(0, count));
            return Choose(candidates, request, strategy, moment, space, Turn.Taken, out _, out explores);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rentedNumbers);
            ArrayPool<double>.Shared.Return(rentedValues);
        }
    }

    /// <summary>
    /// Tells what would be chosen now, and why. Takes no turn: the same moment then gives the same choice.
    /// </summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="strategy">Chooses among those that may be asked.</param>
    /// <param name="moment">When, and what this process knows.</param>
    public static PickExplanation Explain(in CandidateSet candidates, in PickRequest request, IRoutingStrategy strategy, in PickMoment moment)
    {
        var count = candidates.Count;
        var space = new PickSpace(new int[count * PickSpace.NumbersEach], new double[count]);
        var chosen = Choose(candidates, request, strategy, moment, space, Turn.LeftAlone, out var eligible, out var explores);
        return PickExplanation.Of(candidates, request, moment, space, eligible, chosen) with { Explores = explores };
    }

    /// <summary>
    /// Which share of such requests would go to each candidate at this moment: choices made with evenly spaced random
    /// numbers instead of drawn ones. Takes no turn.
    /// </summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="strategy">Chooses among those that may be asked.</param>
    /// <param name="moment">When, and what this process knows; its random number does not count.</param>
    /// <returns>A share for each candidate, in hundredths; all 0 where nobody may be asked.</returns>
    public static double[] Chances(in CandidateSet candidates, in PickRequest request, IRoutingStrategy strategy, in PickMoment moment)
    {
        var chosen = new int[candidates.Count];
        var space = new PickSpace(new int[chosen.Length * PickSpace.NumbersEach], new double[chosen.Length]);
        for (var draw = 0; draw < Draws; draw++)
        {
            var drawn = new PickMoment(moment.InFlight, (draw + 0.5) / Draws, moment.Now) { Tried = moment.Tried, Advice = moment.Advice };
            if (Choose(candidates, request, strategy, drawn, space, Turn.LeftAlone, out _, out _) is var index and >= 0)
            {
                chosen[index]++;
            }
        }

        return [.. chosen.Select(static count => (double)count / Draws)];
    }

    /// <summary>A candidate's score for a request, part by part.</summary>
    /// <param name="candidates">Who serves the model.</param>
    /// <param name="index">The candidate's number.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="inFlight">This process's own counts.</param>
    public static ScoreParts Score(in CandidateSet candidates, int index, in PickRequest request, IInFlightView inFlight) =>
        Score(candidates, index, request, Eligibility.InFlight(candidates[index], candidates.StandingOf(index), inFlight), candidates.DearestFor(request));

    internal static ScoreParts Score(in CandidateSet candidates, int index, in PickRequest request, int inFlight, double dearest)
    {
        var candidate = candidates[index];
        ref readonly var standing = ref candidates.StandingOf(index);
        return ScoreParts.Weigh(
            request.IsStreamed ? standing.StreamedPerformance : standing.Performance,
            candidates.Rules.RelativeCost
                ? ScoreCalculator.RelativeCost(candidate.Price, request, dearest)
                : ScoreCalculator.Cost(candidate.Price, request),
            request.IsStreamed ? standing.StreamedReliability : standing.Reliability,
            ScoreCalculator.Load(inFlight, candidate.Capacity),
            candidates.Weights);
    }

    private static int Choose(
        in CandidateSet candidates,
        in PickRequest request,
        IRoutingStrategy strategy,
        in PickMoment moment,
        in PickSpace space,
        Turn turn,
        out int eligible,
        out bool explores)
    {
        explores = false;
        eligible = Eligibility.Judge(candidates, request, strategy.IsOrdered, moment, space);
        if (eligible == 0)
        {
            return -1;
        }

        // Nothing to choose is the usual case, where one provider alone serves a model.
        if (eligible == 1 && !strategy.TakesTurns)
        {
            return space.Eligible[0];
        }

        var random = moment.Random;
        if (strategy.Learns && Eligibility.IsFree(space, moment)
            && Exploration.TryDraw(candidates, space.Eligible[..eligible], ref random, out var explored))
        {
            explores = true;
            return explored;
        }

        if (!strategy.TakesTurns)
        {
            return space.Eligible[strategy.Choose(new Contest(candidates, request, space, eligible, random, -1))];
        }

        while (true)
        {
            var last = candidates.LastTurn;
            var chosen = space.Eligible[strategy.Choose(new Contest(candidates, request, space, eligible, random, last))];
            if (turn == Turn.LeftAlone || candidates.TryTakeTurn(last, candidates[chosen].Rank))
            {
                return chosen;
            }
        }
    }
}
