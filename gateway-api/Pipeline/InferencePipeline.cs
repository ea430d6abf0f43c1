using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Responses;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>The life of a request: admit, authenticate, read, limit, route, forward, report. The same for every route.</summary>
internal sealed class InferencePipeline(
    IOptionsMonitor<ProxyClusterOptions> options,
    ICallerAuthenticator authenticator,
    PermissionGate permissions,
    RequestAdmission admission,
    RequestAnswers answers,
    Spending spending,
    HookSet hooks,
    IRoutingSnapshotSource snapshots,
    FallbackChain chain,
    RoutingExplainer explainer,
    RoutingWishes wishes,
    JoinedEmbeddings embeddings,
    ContextFitter fitter,
    CondenseEndpoint condensing,
    ResponseMap responses,
    RequestScratchPool scratches,
    RequestIds ids,
    DrainState drain,
    GatewayMetrics metrics,
    RecentRequests recent,
    TimeProvider clock,
    ILogger<InferencePipeline> logger)
{
    private const int ClientClosedRequest = 499;

    /// <summary>Serves one request; never throws.</summary>
    public async Task RunAsync(HttpContext context, InferenceOperation operation)
    {
        var scratch = scratches.Rent();
        var settings = options.CurrentValue;
        var exchange = new Exchange(context, operation, scratch, clock)
        {
            RequestId = ids.For(context.Request),
            Region = settings.Region,
            TellsStandardLimits = settings.RateLimits.StandardHeaders,
        };
        ResponseHeaders.WriteRequestId(context.Response.Headers, exchange.Dialect, exchange.RequestId);
        metrics.Began();
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            status = await AnswerAsync(exchange);
        }
        catch (Exception e) when (exchange.ClientLeft || e is OperationCanceledException)
        {
            status = ClientClosedRequest;
            context.Abort();
            GatewayLog.ClientLeft(logger, exchange.RequestId);
        }
        catch (Exception e)
        {
            GatewayLog.Internal(logger, e, exchange.RequestId);
            await RequestAnswers.FailAsync(exchange);
        }
        finally
        {
            if (exchange.IsBodyLent)
            {
                scratch.Body.Abandon();
            }

            admission.Release(exchange);
            spending.Settle(exchange, exchange.Outcome, exchange.AnswerBytes);
            exchange.Hooks?.Dispose();
            metrics.Ended(exchange, status);
            recent.Note(exchange, status);
            GatewayTracing.DescribeRequest(exchange, status);
            answers.Log(exchange, status);
            scratches.Return(scratch);
            if (exchange.SecondScratch is { } second)
            {
                scratches.Return(second);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<int> AnswerAsync(Exchange exchange)
    {
        var result = await ServeAsync(exchange);
        exchange.Outcome = result.Outcome;
        exchange.AnswerBytes = result.Answer.Length;
        if (exchange.ClientLeft || (result.Outcome == AttemptOutcome.Abandoned && !exchange.DeadlinePassed))
        {
            GatewayLog.ClientLeft(logger, exchange.RequestId);
            return ClientClosedRequest;
        }

        if (result.Refusal is { } refusal)
        {
            return await answers.RefuseAsync(exchange, refusal);
        }

        if (!exchange.Context.Response.HasStarted || result.IsReplayed)
        {
            if (exchange.Keeping is { } keeping)
            {
                // The follow-up may come at once, through another gateway.
                await keeping;
            }

            RequestAnswers.WriteHead(exchange, result);
            await LargeBody.WriteAsync(exchange.Context, result.Answer, clock);
        }

        return exchange.Context.Response.StatusCode;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<AttemptResult> ServeAsync(Exchange exchange)
    {
        var context = exchange.Context;
        if (drain.IsDraining)
        {
            // Served all the same: who has a connection would else lose a request. The next one goes elsewhere.
            context.Response.Headers.Connection = "close";
        }

        if (admission.TakeIn(exchange) is { } unfit)
        {
            return Refused(unfit);
        }

        Authentication authentication;
        using (GatewayTracing.Stage(GatewayTracing.Authenticate))
        {
            authentication = await authenticator.AuthenticateAsync(context);
        }

        exchange.AuthenticatedAt = clock.GetTimestamp();
        if (authentication.Caller is not { } caller)
        {
            return Refused(authentication.Refusal!);
        }

        exchange.Caller = caller;
        if (permissions.Check(context, caller, exchange.Operation.Permission()) is { } denied)
        {
            return Refused(denied);
        }

        string? forced = null;
        if (CondenseWish.Read(context.Request.Headers, out var wish) is { } unclear)
        {
            return Refused(unclear);
        }

        if ((RequestedPriority.Refuse(exchange, caller, permissions) ?? admission.Keep(exchange) ?? wishes.Read(exchange, caller, out forced)) is { } refused)
        {
            return Refused(refused);
        }

        if (await admission.AdmitAsync(exchange) is { } refusal)
        {
            return Refused(refusal);
        }

        // Nothing is sent that a hook could have to withhold.
        var isExplained = exchange.Operation == InferenceOperation.Explain;
        exchange.Hooks = isExplained ? null : hooks.For(exchange);
        if (exchange.Hooks is { } own && await own.JudgeRequestAsync(hooks.Limits) is { } withheld)
        {
            return Refused(withheld);
        }

        if (await responses.PrepareAsync(exchange) is { } lost)
        {
            return Refused(lost);
        }

        var snapshot = snapshots.Current;
        exchange.IsStale = snapshot.IsStale;
        if (isExplained)
        {
            return explainer.Explain(exchange, snapshot, forced ?? exchange.KeptBy);
        }

        if (exchange.Operation == InferenceOperation.Condense)
        {
            return await condensing.ServeAsync(exchange, snapshot);
        }

        exchange.Condensing = fitter.For(exchange.Operation, wish);
        if (exchange.Operation == InferenceOperation.Embeddings)
        {
            return await embeddings.ServeAsync(exchange, snapshot, forced);
        }

        var result = await chain.ServeAsync(exchange, snapshot, forced ?? exchange.KeptBy);
        return exchange.Operation == InferenceOperation.CountTokens ? TokenCount.OrEstimate(exchange, result) : result;
    }

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);
}
