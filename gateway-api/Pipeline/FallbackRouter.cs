using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Finds providers for a request, best first, until one has answered or nobody else can help.</summary>
internal sealed partial class FallbackRouter(
    IOptionsMonitor<ProxyClusterOptions> options,
    GuardedChooser chooser,
    UpstreamPool pool,
    UpstreamAttempt attempt,
    ProviderEntrance entrance,
    Hedging hedging,
    RequestScratchPool scratches,
    ContextFitter fitter,
    RandomSource random,
    ILogger<FallbackRouter> logger)
{
    /// <summary>Serves a request from a snapshot.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that was asked for by name; <see langword="null"/>: any.</param>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<AttemptResult> ServeAsync(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        var plan = chooser.Plan(exchange, snapshot, forced);
        if (plan.Refusal is { } refusal)
        {
            return Refused(refusal);
        }

        pool.Observe(snapshot.Definitions);
        var outlook = new Outlook(exchange.Target);
        var most = Math.Max(1, options.CurrentValue.Routing.MaxAttempts - exchange.AttemptsKept);
        try
        {
            while (exchange.Attempts < most)
            {
                var index = chooser.Choose(exchange, plan);
                if (index >= 0 && ContextFitter.Concerns(exchange, plan.Candidates[index]))
                {
                    // Before a provider's slot is taken: summaries may need one of the same provider's.
                    await fitter.FitAsync(exchange, plan.Candidates[index]);
                }

                var way = index < 0
                    ? await WaitAsync(exchange, plan, outlook)
                    : new Way(index, await entrance.EnterAsync(exchange, plan.Candidates[index].Provider, outlook.IsRetry));
                if (way.Entry != Entry.Entered)
                {
                    if (EndOf(exchange, outlook, way, isLast: index < 0) is { } end)
                    {
                        return end;
                    }

                    outlook.NoteClosed(index, way.Entry);
                    exchange.MarkTried(index);
                    continue;
                }

                var candidate = plan.Candidates[way.Index];
                var isRetry = outlook.IsRetry || way.IsAgain;
                exchange.Candidate = candidate;
                exchange.RoutedAt = exchange.RoutedAt == 0 ? exchange.Clock.GetTimestamp() : exchange.RoutedAt;
                var sent = exchange.Attempts;
                var result = hedging.DelayFor(exchange, candidate) is { } delay
                    ? await RaceAsync(exchange, plan, way, delay, isRetry)
                    : await AskAsync(exchange, candidate, isRetry);
                if (result.Refusal is null || !result.TryAnother)
                {
                    return result;
                }

                GatewayLog.AttemptFailed(logger, exchange.RequestId, candidate.Provider.Name, GatewayMetrics.NameOf(result.Outcome));
                outlook.NoteFailure(way, result, wasSent: exchange.Attempts > sent);
                if (!result.HasAnotherKey)
                {
                    exchange.MarkTried(way.Index);
                }
            }

            return outlook.Failure;
        }
        finally
        {
            // However it ended, a client's leaving included: what was claimed and not sent is for others.
            chooser.GiveBack(exchange);
        }
    }

    // What the request ends with where a way is closed; null: another is looked for.
    private static AttemptResult? EndOf(Exchange exchange, in Outlook outlook, in Way way, bool isLast)
    {
        if (exchange.DeadlinePassed)
        {
            return new AttemptResult(AttemptOutcome.Abandoned, Refusals.RequestTimeout(), false, default);
        }

        return !isLast ? null
            : outlook.HasFailed || way.Entry != Entry.Full ? outlook.Failure
            : Refused(Refusals.ProvidersBusy(exchange.Target));
    }

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);

    // Nobody new is left: whoever is full may have room soon, and whoever failed may do better then.
    private async ValueTask<Way> WaitAsync(Exchange exchange, ProviderPlan plan, Outlook outlook)
    {
        if (outlook.Full >= 0)
        {
            return new Way(outlook.Full, await entrance.QueueAsync(exchange, plan.Candidates[outlook.Full].Provider, outlook.IsRetry));
        }

        if (WaitBeforeAgain(exchange, plan, outlook) is not { } wait)
        {
            return Way.None;
        }

        var provider = plan.Candidates[outlook.Again].Provider;
        var way = new Way(outlook.Again, await entrance.EnterAgainAsync(exchange, provider, wait)) { IsAgain = true };
        if (way.Entry != Entry.Entered || chooser.MayAskAgain(plan, outlook.Again))
        {
            return way;
        }

        // Its circuit has opened meanwhile.
        entrance.Leave(provider, isRetry: true, null);
        return Way.None;
    }

    private TimeSpan? WaitBeforeAgain(Exchange exchange, in ProviderPlan plan, in Outlook outlook)
    {
        var retry = options.CurrentValue.Routing.Retry;
        var isWorthIt = outlook.Again >= 0 && retry.AskAgain && exchange.AttemptsKept == 0 && chooser.MayAskAgain(plan, outlook.Again);
        return isWorthIt
            ? RepeatRule.Wait(outlook.Advised, outlook.Repeats, TimeSpan.FromSeconds(retry.LongestWaitSeconds), exchange.Left, random.NextUnit())
            : null;
    }

    // Entered before, and left here.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<AttemptResult> AskAsync(Exchange exchange, Candidate candidate, bool isRetry)
    {
        AttemptResult? ended = null;
        try
        {
            if (!pool.TryEnter(candidate.Provider, out var client, out var fault))
            {
                GatewayLog.Unusable(logger, exchange.RequestId, candidate.Provider.Name, fault ?? "It was removed.");
                ended = AttemptResult.Failed(AttemptOutcome.ConnectFailed, Refusals.UpstreamUnreachable(), default);
                hedging.Note(candidate, exchange.Form.Request?.Stream == true, ended.Value);
                return ended.Value;
            }

            try
            {
                if (client.Fault is { } missing)
                {
                    GatewayLog.Unusable(logger, exchange.RequestId, candidate.Provider.Name, missing);
                }

                ended = await attempt.RunAsync(exchange, client, candidate);
            }
            finally
            {
                client.Exit();
            }

            hedging.Note(candidate, exchange.Form.Request?.Stream == true, ended.Value);
            return ended.Value;
        }
        finally
        {
            entrance.Leave(candidate.Provider, isRetry, ended);
        }
    }
}
