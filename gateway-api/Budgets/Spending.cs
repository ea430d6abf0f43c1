using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Settles what a request used, once it has ended: in its budgets and in the journal of usage.</summary>
internal sealed class Spending(UsageJournal journal)
{
    private const int BytesPerToken = 4;

    /// <summary>Settles a request, whatever became of it. Never throws, and waits for nothing.</summary>
    /// <param name="exchange">The request, ended.</param>
    /// <param name="outcome">How it ended; <see langword="null"/>: nobody knows.</param>
    /// <param name="answerBytes">Of a whole answer: its length.</param>
    public void Settle(Exchange exchange, AttemptOutcome? outcome, int answerBytes)
    {
        // To count is free, and to explain or condense sends nothing of its own.
        if (exchange.Operation is InferenceOperation.CountTokens or InferenceOperation.Explain or InferenceOperation.Condense)
        {
            return;
        }

        var usage = UsageOf(exchange, outcome, answerBytes);
        var amount = AmountOf(exchange.Candidate, usage);
        if (exchange.Candidate is not null && exchange.Attempts > 0 && (outcome == AttemptOutcome.Succeeded || amount.Tokens > 0))
        {
            journal.Record(exchange, exchange.Candidate, new UsageTotals(1, usage, amount.NanoDollars));
        }

        if (exchange.Attempts > 1)
        {
            amount += SettleLost(exchange, exchange.Scratch.Attempts.All);
            amount += exchange.SecondScratch is { } second ? SettleLost(exchange, second.Attempts.All) : default;
        }

        if (exchange.Reservation is { } reservation)
        {
            Remember(reservation, outcome, usage);
            reservation.Settle(amount);
        }
    }

    /// <summary>What a request is charged: what its provider told, else what was counted here.</summary>
    internal static TokenUsage UsageOf(Exchange exchange, AttemptOutcome? outcome, int answerBytes)
    {
        if (exchange.Attempts == 0)
        {
            return exchange.Usage ?? default;
        }

        var counted = exchange.Streamed.Tokens;
        return outcome == AttemptOutcome.Succeeded
            ? exchange.Usage ?? Estimated(exchange, counted > 0 ? counted : answerBytes / BytesPerToken)
            : UnansweredOf(exchange, outcome, exchange.Usage, counted);
    }

    // Given up or broken off: a provider bills the prompt and what it had made by then, and most tell it at the end only.
    private static TokenUsage UnansweredOf(Exchange exchange, AttemptOutcome? outcome, TokenUsage? told, long counted) =>
        counted > 0 || outcome is null or AttemptOutcome.Abandoned
            ? told is { } usage ? AtLeast(usage, counted) : Estimated(exchange, counted)
            : told ?? default;

    // Attempts of the request that another one has beaten or taken over from.
    private Amount SettleLost(Exchange exchange, ReadOnlySpan<AttemptNote> notes)
    {
        var sum = default(Amount);
        foreach (ref readonly var note in notes)
        {
            if (IsLast(exchange, note))
            {
                continue;
            }

            var usage = UnansweredOf(exchange, note.Outcome, note.Usage == default ? null : note.Usage, note.Counted);
            var amount = AmountOf(note.Candidate, usage);
            if (amount.Tokens > 0)
            {
                journal.Record(exchange, note.Candidate, new UsageTotals(0, usage, amount.NanoDollars));
                sum += amount;
            }
        }

        return sum;
    }

    // The one whose end is the request's.
    private static bool IsLast(Exchange exchange, in AttemptNote note)
    {
        if (note.Candidate != exchange.Candidate)
        {
            return false;
        }

        var last = note.StartedAt;
        foreach (ref readonly var other in exchange.Scratch.Attempts.All)
        {
            last = other.Candidate == exchange.Candidate ? Math.Max(last, other.StartedAt) : last;
        }

        foreach (ref readonly var other in exchange.SecondScratch is { } second ? second.Attempts.All : default)
        {
            last = other.Candidate == exchange.Candidate ? Math.Max(last, other.StartedAt) : last;
        }

        return note.StartedAt == last;
    }

    private static Amount AmountOf(Candidate? candidate, in TokenUsage usage) => new(
        usage.Prompt + usage.Completion, Money.ToNanoDollars(candidate is null ? 0 : AnswerCost.DollarsOf(candidate.Entry, usage) ?? 0));

    private static TokenUsage Estimated(Exchange exchange, long answer) => new(
        exchange.Reservation?.PromptTokens ?? PromptSize.Of(exchange.Request!).Likely,
        0,
        0,
        WorstCases.HasAnswer(exchange.Operation) ? answer : 0,
        0);

    private static TokenUsage AtLeast(in TokenUsage told, long answer) => told with { Output = told.Output + Math.Max(0, answer - told.Completion) };

    // Only whole answers tell how long the next will be.
    private static void Remember(Reservation reservation, AttemptOutcome? outcome, in TokenUsage usage)
    {
        if (outcome == AttemptOutcome.Succeeded && usage.Completion > 0 && reservation[0].Account.Subject!.HistoryOf(reservation.Model) is { } history)
        {
            lock (history)
            {
                history.Add(usage.Completion);
            }
        }
    }
}
