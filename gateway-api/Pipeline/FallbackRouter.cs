using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Finds providers for a request, best first, until one has answered or nobody else can help.</summary>
internal sealed partial class FallbackRouter(
    IOptionsMonitor<ProxyClusterOptions> options,
    IOutcomeSink outcomes,
    UpstreamPool pool,
    UpstreamAttempt attempt,
    ProviderEntrance entrance,
    Hedging hedging,
    RequestScratchPool scratches,
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
        var outlook = new Outlook(Refused(Refusals.NoHealthyProvider(request.Model)));
        var most = options.CurrentValue.Routing.MaxAttempts;
        while (exchange.Attempts < most)
        {
            var index = ProviderPicker.Pick(candidates, wish, outcomes, random.NextUnit(), exchange.Tried);
            var way = index < 0 ? await WaitAsync(exchange, candidates, outlook) : new Way(index, await entrance.EnterAsync(exchange, candidates[index].Provider, outlook.IsRetry));
            if (way.Entry != Entry.Entered)
            {
                if (index < 0)
                {
                    return outlook.HasFailed || way.Entry != Entry.Full ? outlook.Failure : Refused(Refusals.ProvidersBusy(request.Model));
                }

                outlook.NoteClosed(index, way.Entry);
                exchange.MarkTried(index);
                continue;
            }

            index = way.Index;
            var candidate = candidates[index];
            var isRetry = outlook.IsRetry || way.IsAgain;
            exchange.Candidate = candidate;
            exchange.RoutedAt = exchange.RoutedAt == 0 ? exchange.Clock.GetTimestamp() : exchange.RoutedAt;
            var sent = exchange.Attempts;
            var result = hedging.DelayFor(exchange, candidate) is { } delay
                ? await RaceAsync(exchange, candidates, way, wish, delay, isRetry)
                : await AskAsync(exchange, candidate, isRetry);
            if (result.Refusal is null || !result.TryAnother)
            {
                return result;
            }

            GatewayLog.AttemptFailed(logger, exchange.RequestId, candidate.Provider.Name, GatewayMetrics.NameOf(result.Outcome));
            outlook.NoteFailure(way, result, wasSent: exchange.Attempts > sent);
            if (!result.HasAnotherKey)
            {
                exchange.MarkTried(index);
            }
        }

        return outlook.Failure;
    }

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);

    // Nobody new is left: whoever is full may have room soon, and whoever failed may do better then.
    private async ValueTask<Way> WaitAsync(Exchange exchange, CandidateSet candidates, Outlook outlook)
    {
        if (outlook.Full >= 0)
        {
            return new Way(outlook.Full, await entrance.QueueAsync(exchange, candidates[outlook.Full].Provider, outlook.IsRetry));
        }

        var retry = options.CurrentValue.Routing.Retry;
        if (outlook.Again < 0 || !retry.AskAgain
            || RepeatRule.Wait(outlook.Advised, outlook.Repeats, TimeSpan.FromSeconds(retry.LongestWaitSeconds), exchange.Left, random.NextUnit()) is not { } wait)
        {
            return Way.None;
        }

        return new Way(outlook.Again, await entrance.EnterAgainAsync(exchange, candidates[outlook.Again].Provider, wait)) { IsAgain = true };
    }

    // Entered before, and left here.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptResult> AskAsync(Exchange exchange, Candidate candidate, bool isRetry)
    {
        AttemptResult? ended = null;
        try
        {
            var result = await TryAsync(exchange, candidate);
            ended = result;
            hedging.Note(candidate, exchange.Form.Request?.Stream == true, result);
            return result;
        }
        finally
        {
            entrance.Leave(candidate.Provider, isRetry, ended);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
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
}
