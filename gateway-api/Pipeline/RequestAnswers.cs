using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What clients and the log are told of a request that was not relayed as it came: refusals, faults, whole answers.</summary>
/// <param name="clock">For the time it took.</param>
/// <param name="logger">The pipeline's own: readers of logs know it.</param>
internal sealed class RequestAnswers(TimeProvider clock, ILogger<InferencePipeline> logger)
{
    /// <summary>Writes what stands before an answer that is there as a whole.</summary>
    public static void WriteHead(Exchange exchange, in AttemptResult result)
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

    /// <summary>Tells the client why not.</summary>
    /// <returns>The status that it was told.</returns>
    public async ValueTask<int> RefuseAsync(Exchange exchange, Refusal refusal)
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

    /// <summary>Answers after a fault of our own; what has begun is cut.</summary>
    public static async ValueTask FailAsync(Exchange exchange)
    {
        if (exchange.Context.Response.HasStarted)
        {
            exchange.Context.Abort();
            return;
        }

        await ErrorWriter.WriteAsync(exchange.Context, Refusals.Internal(), exchange.Dialect, exchange.RequestId);
    }

    /// <summary>Notes how it ended.</summary>
    public void Log(Exchange exchange, int status)
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
