using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Finds providers for a request, best first, until one has answered or nobody else can help.</summary>
internal sealed class FallbackRouter(
    IOptionsMonitor<ProxyClusterOptions> options,
    GuardedChooser chooser,
    UpstreamPool pool,
    UpstreamAttempt attempt,
    ILogger<FallbackRouter> logger)
{
    /// <summary>Serves a request from a snapshot.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that was asked for by name; <see langword="null"/>: any.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> ServeAsync(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        var plan = chooser.Plan(exchange, snapshot, forced);
        if (plan.Refusal is { } refusal)
        {
            return Refused(refusal);
        }

        var candidates = plan.Candidates;
        pool.Observe(snapshot.Definitions);
        var failure = Refused(Refusals.NoHealthyProvider(exchange.Target));
        var most = Math.Max(1, options.CurrentValue.Routing.MaxAttempts - exchange.AttemptsKept);
        var asked = 0;
        var isFirst = true;
        while (exchange.Attempts < most && asked < candidates.Count)
        {
            var index = chooser.Choose(exchange, plan);
            if (index < 0)
            {
                break;
            }

            var candidate = candidates[index];
            exchange.Candidate = candidate;
            exchange.RoutedAt = exchange.RoutedAt == 0 ? exchange.Clock.GetTimestamp() : exchange.RoutedAt;
            var result = await TryAsync(exchange, candidate);
            chooser.GiveBack(exchange);
            if (result.Refusal is null || !result.TryAnother)
            {
                return result;
            }

            GatewayLog.AttemptFailed(logger, exchange.RequestId, candidate.Provider.Name, GatewayMetrics.NameOf(result.Outcome));
            failure = isFirst ? result : Worse(failure, result);
            isFirst = false;
            if (!result.HasAnotherKey)
            {
                asked++;
                exchange.MarkTried(index);
            }
        }

        return failure;
    }

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);

    private async ValueTask<AttemptResult> TryAsync(Exchange exchange, Candidate candidate)
    {
        if (!pool.TryEnter(candidate.Provider, out var client, out var fault))
        {
            GatewayLog.Unusable(logger, exchange.RequestId, candidate.Provider.Name, fault ?? "It was removed.");
            return AttemptResult.Failed(AttemptOutcome.ConnectFailed, Refusals.UpstreamUnreachable(), default);
        }

        try
        {
            if (client.Keys.Fault is { } keyFault)
            {
                GatewayLog.Unusable(logger, exchange.RequestId, candidate.Provider.Name, keyFault);
            }

            return await attempt.RunAsync(exchange, client, candidate);
        }
        finally
        {
            client.Exit();
        }
    }

    // What is told: the last failure, but our own credentials last of all; and the shortest wait that anybody advised.
    private static AttemptResult Worse(in AttemptResult earlier, in AttemptResult later)
    {
        var told = later.Outcome == AttemptOutcome.CredentialsRefused ? earlier : later;
        var wait = Shorter(earlier.Refusal!.RetryAfter, later.Refusal!.RetryAfter);
        return wait == told.Refusal!.RetryAfter ? told : told with { Refusal = told.Refusal with { RetryAfter = wait } };
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) =>
        one is null || other is null ? one ?? other : one < other ? one : other;
}
