using System.Globalization;
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
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Responses;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GatewayApi.Telemetry;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>The life of a request: admit, authenticate, read, limit, route, forward, report. The same for every route.</summary>
internal sealed class InferencePipeline(
    IOptionsMonitor<ProxyClusterOptions> options,
    ICallerAuthenticator authenticator,
    PermissionGate permissions,
    RequestReader reader,
    IRequestLimiter limiter,
    BudgetKeeper budgets,
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
    AdmissionGate gate,
    RequestScratchPool scratches,
    RequestIds ids,
    DrainState drain,
    GatewayMetrics metrics,
    RecentRequests recent,
    TimeProvider clock,
    ILogger<InferencePipeline> logger)
{
    private const int ClientClosedRequest = 499;
    private const int MostMilliseconds = 24 * 60 * 60 * 1000;

    /// <summary>Serves one request; never throws.</summary>
    public async Task RunAsync(HttpContext context, InferenceOperation operation)
    {
        var scratch = scratches.Rent();
        var exchange = new Exchange(context, operation, scratch, clock)
        {
            RequestId = ids.For(context.Request),
            Region = options.CurrentValue.Region,
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
            await FailAsync(exchange);
        }
        finally
        {
            if (exchange.IsBodyLent)
            {
                scratch.Body.Abandon();
            }

            if (exchange.IsAdmitted)
            {
                gate.Exit();
            }

            limiter.Release(exchange.Limits);
            spending.Settle(exchange, exchange.Outcome, exchange.AnswerBytes);
            exchange.Hooks?.Dispose();
            metrics.Ended(exchange, status);
            recent.Note(exchange, status);
            GatewayTracing.DescribeRequest(exchange, status);
            Log(exchange, status);
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

        var response = exchange.Context.Response;
        if (result.Refusal is { } refusal)
        {
            return await RefuseAsync(exchange, refusal);
        }

        if (!response.HasStarted || result.IsReplayed)
        {
            if (exchange.Keeping is { } keeping)
            {
                // The follow-up may come at once, through another gateway.
                await keeping;
            }

            WriteHead(exchange, result);
            await LargeBody.WriteAsync(exchange.Context, result.Answer, clock);
        }

        return response.StatusCode;
    }

    private static void WriteHead(Exchange exchange, in AttemptResult result)
    {
        if (!result.IsReplayed)
        {
            ResponseHeaders.WriteAnswer(exchange, result.Answer.Length);
            return;
        }

        exchange.FirstByteAt = exchange.Clock.GetTimestamp();
        if (!exchange.Context.Response.HasStarted)
        {
            ResponseHeaders.WriteStream(exchange);
        }
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

        if ((ReadDeadline(exchange) ?? ReadPriority(exchange) ?? TakeIn(exchange)) is { } unfit)
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

        if ((RequestedPriority.Refuse(exchange, caller, permissions) ?? Keep(exchange) ?? wishes.Read(exchange, caller, out forced)) is { } refused)
        {
            return Refused(refused);
        }

        if (await (exchange.Deadline == 0 ? AdmitAsync(exchange, default) : AdmitInTimeAsync(exchange)) is { } refusal)
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

    private static Refusal? ReadPriority(Exchange exchange)
    {
        var refusal = RequestedPriority.Read(exchange.Context.Request.Headers, out var wanted);
        exchange.WantedPriority = wanted;
        return refusal;
    }

    // Who calls is not known yet: only what says of itself that it can wait is refused for less than a full house.
    private Refusal? TakeIn(Exchange exchange)
    {
        exchange.IsAdmitted = gate.TryEnter(exchange.WantedPriority);
        return exchange.IsAdmitted ? null : Refusals.Shedding(gate.RetryAfter());
    }

    private Refusal? Keep(Exchange exchange) =>
        gate.Keeps(exchange.Priority) ? null : Refusals.Shedding(gate.RetryAfter());

    // The client's own limit cuts a slow body and the wait for the limiter too. Nobody is asked for what comes too late.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<Refusal?> AdmitInTimeAsync(Exchange exchange)
    {
        var timer = exchange.Scratch.Timer;
        timer.Begin(exchange.Left, exchange.Context.RequestAborted);
        timer.Allow(exchange.Left);
        try
        {
            return await AdmitAsync(exchange, timer.Token) ?? (exchange.DeadlinePassed ? Refusals.RequestTimeout() : null);
        }
        catch (OperationCanceledException) when (timer.Token.IsCancellationRequested && !exchange.ClientLeft)
        {
            return Refusals.RequestTimeout();
        }
        finally
        {
            timer.End();
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<Refusal?> AdmitAsync(Exchange exchange, CancellationToken inTime)
    {
        using (GatewayTracing.Stage(GatewayTracing.Receive))
        {
            var reading = await reader.ReadAsync(exchange.Context, exchange.Operation, exchange.Scratch.Body, inTime);
            if (reading.Request is not { } request)
            {
                return reading.Refusal;
            }

            exchange.Request = request;
        }

        if (RequestTag.Read(exchange) is { } unfit)
        {
            return unfit;
        }

        using (GatewayTracing.Stage(GatewayTracing.Limit))
        {
            var asked = new LimitedRequest(exchange.Caller!, exchange.Request.Model, exchange.From);
            exchange.Limits = await limiter.AcquireAsync(asked, inTime.CanBeCanceled ? inTime : exchange.Context.RequestAborted);
        }

        var refusal = exchange.Limits.Refusal ?? await budgets.ReserveAsync(
            exchange, snapshots.Current, inTime.CanBeCanceled ? inTime : exchange.Context.RequestAborted);
        exchange.LimitedAt = clock.GetTimestamp();
        return refusal;
    }

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);

    private Refusal? ReadDeadline(Exchange exchange)
    {
        var wish = exchange.Context.Request.Headers["x-proxy-timeout-ms"];
        if (wish.Count == 0)
        {
            return null;
        }

        if (!int.TryParse(wish, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds is < 1 or > MostMilliseconds)
        {
            return Refusals.InvalidValue("x-proxy-timeout-ms", $"The header 'x-proxy-timeout-ms' must be a whole number from 1 to {MostMilliseconds}.");
        }

        exchange.Deadline = exchange.Started + (milliseconds * clock.TimestampFrequency / 1000);
        return null;
    }

    private async ValueTask<int> RefuseAsync(Exchange exchange, Refusal refusal)
    {
        if (exchange.Context.Response.HasStarted)
        {
            // A client that was kept waiting by pings.
            await ErrorWriter.WriteEventAsync(exchange.Context, refusal, exchange.Dialect, exchange.RequestId);
        }
        else
        {
            ResponseHeaders.WriteCommon(exchange);
            await ErrorWriter.WriteAsync(exchange.Context, refusal, exchange.Dialect, exchange.RequestId);
        }

        exchange.Error = refusal.Code;
        var model = exchange.Request?.Model;
        var route = GatewayMetrics.RouteOf(exchange.Operation);
        if (refusal.Status >= StatusCodes.Status500InternalServerError)
        {
            GatewayLog.Failed(logger, exchange.RequestId, route, model, refusal.Status, refusal.Code, exchange.Attempts);
        }
        else
        {
            GatewayLog.Refused(logger, exchange.RequestId, route, model, exchange.Caller?.Name, exchange.From.AddressText, exchange.From.UserAgent, refusal.Status, refusal.Code);
        }

        return exchange.Dialect.StatusOf(refusal);
    }

    private static async ValueTask FailAsync(Exchange exchange)
    {
        if (exchange.Context.Response.HasStarted)
        {
            exchange.Context.Abort();
            return;
        }

        await ErrorWriter.WriteAsync(exchange.Context, Refusals.Internal(), exchange.Dialect, exchange.RequestId);
    }

    private void Log(Exchange exchange, int status)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            GatewayLog.Served(
                logger,
                exchange.RequestId,
                GatewayMetrics.RouteOf(exchange.Operation),
                exchange.Request?.Model,
                exchange.Caller?.Name,
                exchange.From.AddressText,
                exchange.From.UserAgent,
                status,
                exchange.Candidate?.Provider.Name,
                exchange.Attempts,
                clock.GetElapsedTime(exchange.Started).TotalMilliseconds);
        }
    }
}
