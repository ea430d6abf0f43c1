using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Asks a second provider where the first takes longer than it usually does; the first that answers serves.</summary>
internal sealed partial class FallbackRouter
{
    private async ValueTask<AttemptResult> RaceAsync(
        Exchange exchange, ProviderPlan plan, Way way, TimeSpan delay, bool isRetry)
    {
        using var race = new Race(exchange.Context.RequestAborted);
        exchange.Side = race.First;
        var first = AskAsync(exchange, plan.Candidates[way.Index], isRetry).AsTask();
        try
        {
            var isSlow = !await EndsWithinAsync(first, delay, exchange.Clock);
            return isSlow && race.Winner is null && BeginSecond(exchange, plan, way.Index, race) is { } second
                ? await SettleAsync(exchange, race, first, second)
                : await first;
        }
        finally
        {
            exchange.Side = null;
        }
    }

    private (Exchange Exchange, Task<AttemptResult> Task)? BeginSecond(Exchange exchange, in ProviderPlan plan, int first, Race race)
    {
        if (exchange.Attempts >= options.CurrentValue.Routing.MaxAttempts)
        {
            return null;
        }

        var index = chooser.ChooseBeside(exchange, plan, first);
        if (index < 0 || plan.Candidates[index] is not { } candidate || !fitter.IsReady(exchange, candidate) || !entrance.TryEnter(candidate.Provider))
        {
            return null;
        }

        // Both may come to be paid for: who is near the end of a budget waits for the first.
        if (exchange.Reservation is { } reservation && !reservation.TryDouble())
        {
            entrance.Leave(candidate.Provider, isRetry: false, null);
            return null;
        }

        if (!hedging.TrySpend(chooser.LoadOf(plan, index)))
        {
            entrance.Leave(candidate.Provider, isRetry: false, null);
            return null;
        }

        var second = exchange.Fork(exchange.SecondScratch = scratches.Rent());
        second.Candidate = candidate;
        second.Side = race.Second;
        exchange.Attempts++;
        exchange.MarkTried(index);
        return (second, AskAsync(second, candidate, isRetry: false).AsTask());
    }

    private async ValueTask<AttemptResult> SettleAsync(
        Exchange exchange, Race race, Task<AttemptResult> first, (Exchange Exchange, Task<AttemptResult> Task) second)
    {
        try
        {
            return await DecideAsync(exchange, race, first, second);
        }
        finally
        {
            // Whatever happened: nothing of an attempt may be used while it runs.
            await ((Task)Task.WhenAll(first, second.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            exchange.IsBodyLent |= second.Exchange.IsBodyLent;
        }
    }

    private async ValueTask<AttemptResult> DecideAsync(
        Exchange exchange, Race race, Task<AttemptResult> first, (Exchange Exchange, Task<AttemptResult> Task) second)
    {
        var isFirst = await Task.WhenAny(first, second.Task) == first;
        var (early, late) = isFirst ? (first, second.Task) : (second.Task, first);
        var (earlySide, lateSide) = isFirst ? (race.First, race.Second) : (race.Second, race.First);

        // The other is cancelled by the claim, and ends at once: its memory is waited for, not its answer.
        var earlyWins = IsFinal(await early) && earlySide.TryWin();
        var lateResult = await late;
        var winner = earlyWins ? earlySide : IsFinal(lateResult) && lateSide.TryWin() ? lateSide : race.Winner;
        hedging.Ended(second.Exchange.Candidate!.Provider.Name, winner is null ? HedgeResult.Failed : winner == race.Second ? HedgeResult.Won : HedgeResult.Lost);
        if (winner == race.Second)
        {
            exchange.TakeOver(second.Exchange);
            return await second.Task;
        }

        var result = await first;
        var other = await second.Task;
        return winner is null && result.Refusal is not null && other.Refusal is not null ? Outlook.Worse(other, result) : result;
    }

    // An answer, or a refusal that nobody else would change.
    private static bool IsFinal(in AttemptResult result) =>
        result.Refusal is null ? result.Outcome != AttemptOutcome.Abandoned : !result.TryAnother;

    private static async ValueTask<bool> EndsWithinAsync(Task task, TimeSpan time, TimeProvider clock)
    {
        using var over = new CancellationTokenSource();
        var pause = Task.Delay(time, clock, over.Token);
        var isInTime = await Task.WhenAny(task, pause) == task;
        await over.CancelAsync();
        return isInTime;
    }
}
