using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Serves a request by the model that was asked for, and, where its alias says so, by those that take over when it has failed.</summary>
internal sealed class FallbackChain(
    FallbackRouter router, IOptionsMonitor<ProxyClusterOptions> options, RoutingMetrics metrics, ILogger<FallbackChain> logger)
{
    /// <summary>Serves a request from a snapshot.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="snapshot">What is known of providers.</param>
    /// <param name="forced">The provider that alone may serve: no other model then takes over; <see langword="null"/>: any.</param>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<AttemptResult> ServeAsync(Exchange exchange, RoutingSnapshot snapshot, string? forced)
    {
        var fallbacks = forced is null ? FallbacksOf(snapshot, exchange.Target) : null;
        if (fallbacks is null)
        {
            return await router.ServeAsync(exchange, snapshot, forced);
        }

        // Else a model with many providers would use up all attempts by itself.
        exchange.AttemptsKept = 1;
        var result = await router.ServeAsync(exchange, snapshot, null);
        return IsFinal(exchange, result, out var reason) ? result : await TakeOverAsync(exchange, snapshot, fallbacks, result, reason);
    }

    // What is told in the end is why the model that was asked for has failed.
    private async ValueTask<AttemptResult> TakeOverAsync(
        Exchange exchange, RoutingSnapshot snapshot, AliasFallbacks fallbacks, AttemptResult first, FallbackReason reason)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { exchange.Target };
        var waiting = new Stack<(string Model, FallbackReason Reason)>();
        Push(waiting, fallbacks, reason);
        while (waiting.TryPop(out var next))
        {
            if (!seen.Add(next.Model) || ModelAccess.Refuse(exchange.Caller, snapshot.Index.Resolve(next.Model), next.Model, null) is not null)
            {
                continue;
            }

            metrics.FellBack(next.Reason);
            GatewayLog.FellBack(logger, exchange.RequestId, exchange.Target, next.Model, FallbackReasons.NameOf(next.Reason));
            exchange.GoOnWith(next.Model, next.Reason);
            var more = FallbacksOf(snapshot, next.Model);
            exchange.AttemptsKept = waiting.Count > 0 || more is not null ? 1 : 0;
            var result = await router.ServeAsync(exchange, snapshot, null);
            if (result.Refusal is null || exchange.FirstByteAt != 0)
            {
                return result;
            }

            if (IsFinal(exchange, result, out reason))
            {
                break;
            }

            if (more is not null)
            {
                Push(waiting, more, reason);
            }
        }

        return first;
    }

    private bool IsFinal(Exchange exchange, in AttemptResult result, out FallbackReason reason)
    {
        reason = exchange.FirstByteAt != 0 || exchange.ClientLeft || exchange.DeadlinePassed ? FallbackReason.None : FallbackReasons.Of(result);
        return reason == FallbackReason.None || exchange.Attempts >= options.CurrentValue.Routing.MaxAttempts;
    }

    private static AliasFallbacks? FallbacksOf(RoutingSnapshot snapshot, string model) => snapshot.Index.Resolve(model).Alias?.Fallbacks;

    private static void Push(Stack<(string Model, FallbackReason Reason)> waiting, AliasFallbacks fallbacks, FallbackReason reason)
    {
        foreach (var model in fallbacks.For(reason).Reverse())
        {
            waiting.Push((model, reason));
        }
    }
}
