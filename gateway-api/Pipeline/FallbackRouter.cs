using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Routing.Strategies;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Finds providers for a request, best first, until one has answered or nobody else can help.</summary>
internal sealed class FallbackRouter(
    IOptionsMonitor<ProxyClusterOptions> options,
    IOutcomeSink outcomes,
    UpstreamPool pool,
    UpstreamAttempt attempt,
    ProviderGuard guard,
    RandomSource random,
    ILogger<FallbackRouter> logger)
{
    private const int BytesPerToken = 4; // a rough estimate, good enough to compare prices and contexts

    /// <summary>Serves a request from a snapshot.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that was asked for by name; <see langword="null"/>: any.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> ServeAsync(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        var request = exchange.Request!;
        var candidates = snapshot.Index.Resolve(request.Model);
        if (Check(candidates, request) is { } refusal)
        {
            return Refused(refusal);
        }

        if (forced is not null && !Force(exchange, candidates, forced))
        {
            return Refused(forced == exchange.KeptBy
                ? Refusals.InvalidValue("previous_response_id", "The provider that keeps the previous response does not serve the model.")
                : Refusals.InvalidValue("x-proxy-provider", "The provider that was asked for does not serve the model."));
        }

        pool.Observe(snapshot.Definitions);
        var wish = new PickRequest(request.Required, request.Body.Length / BytesPerToken, request.MaxOutputTokens);
        var failure = Refused(Refusals.NoHealthyProvider(request.Model));
        var most = options.CurrentValue.Routing.MaxAttempts;
        var strategy = BuiltInStrategies.Find(candidates.Alias?.StrategyInForce ?? "") ?? IntelligentStrategy.Instance;
        var asked = 0;
        var isFirst = true;
        var isLate = false;
        var isAnyWell = false;
        while (exchange.Attempts < most && asked < candidates.Count)
        {
            var index = ProviderPicker.Pick(
                candidates, wish, strategy, new PickMoment(outcomes, random.NextUnit(), exchange.Clock.GetUtcNow()) { Tried = exchange.Tried, Probes = guard });
            if (index < 0)
            {
                break;
            }

            var candidate = candidates[index];
            if (!guard.TryEnter(candidate.Provider.Name, candidates.CircuitOf(index), out var permit) && !isLate)
            {
                // Another request has taken the probe. If the choice falls on the same provider again, there is no other.
                isLate = true;
                continue;
            }

            var isEjected = permit == 0 && (candidates.CircuitOf(index) != CircuitState.Closed || guard.IsShunned(candidate.Provider.Name));
            if (asked == 0)
            {
                isAnyWell = !isEjected;
            }
            else if (isEjected && isAnyWell)
            {
                // It is asked where all are ejected; not where one that is well has failed this once.
                break;
            }

            exchange.Permit = permit;
            exchange.Candidate = candidate;
            exchange.RoutedAt = exchange.RoutedAt == 0 ? exchange.Clock.GetTimestamp() : exchange.RoutedAt;
            var result = await TryAsync(exchange, candidate);
            if (exchange.TakePermit() is var unused and not 0)
            {
                guard.GiveBack(candidate.Provider.Name, unused);
            }

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

    private static Refusal? Check(in CandidateSet candidates, InferenceRequest request) => candidates.State switch
    {
        CandidateState.UnknownModel => Refusals.ModelNotFound(request.Model),
        CandidateState.OutOfService => Refusals.NoHealthyProvider(request.Model),
        _ => candidates.Supports(request.Required) ? null : Refusals.CapabilityNotSupported(request.Model, Missing(candidates, request.Required)),
    };

    private static string Missing(in CandidateSet candidates, ModelCapabilities required)
    {
        foreach (var one in Enum.GetValues<ModelCapabilities>())
        {
            if (one != ModelCapabilities.None && (required & one) != 0 && !candidates.Supports(one))
            {
                return one.ToString().ToLowerInvariant();
            }
        }

        // Each has a provider, but no provider has them all.
        return required.ToString().ToLowerInvariant() + " together";
    }

    private static bool Force(Exchange exchange, in CandidateSet candidates, string forced)
    {
        var found = false;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Provider.Name == forced)
            {
                found = true;
            }
            else
            {
                exchange.MarkTried(i);
            }
        }

        return found;
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
