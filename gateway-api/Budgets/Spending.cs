using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
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
        var dollars = exchange.Candidate is { } candidate ? AnswerCost.DollarsOf(candidate.Entry, usage) ?? 0 : 0;
        var amount = new Amount(usage.Prompt + usage.Completion, Money.ToNanoDollars(dollars));
        if (exchange.Reservation is { } reservation)
        {
            Remember(reservation, outcome, usage);
            reservation.Settle(amount);
        }

        if (exchange.Candidate is not null && exchange.Attempts > 0 && (outcome == AttemptOutcome.Succeeded || amount.Tokens > 0))
        {
            journal.Record(exchange, usage, amount.NanoDollars);
        }
    }

    /// <summary>What a request is charged: what its provider told, else what was counted here.</summary>
    internal static TokenUsage UsageOf(Exchange exchange, AttemptOutcome? outcome, int answerBytes)
    {
        if (exchange.Attempts == 0 || exchange.Operation.IsPassThrough())
        {
            return exchange.Usage ?? default;
        }

        var counted = exchange.Streamed.Tokens;
        if (outcome == AttemptOutcome.Succeeded)
        {
            return exchange.Usage ?? Estimated(exchange, counted > 0 ? counted : answerBytes / BytesPerToken);
        }

        // Given up or broken off: a provider bills the prompt and what it had made by then, and most tell it at the end only.
        if (counted > 0 || outcome is null or AttemptOutcome.Abandoned)
        {
            return exchange.Usage is { } told ? AtLeast(told, counted) : Estimated(exchange, counted);
        }

        return exchange.Usage ?? default;
    }

    private static TokenUsage Estimated(Exchange exchange, long answer) => new(
        exchange.Reservation?.PromptTokens ?? PromptSize.Likely(exchange.Request!),
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
