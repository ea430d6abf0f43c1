using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// Stands behind the admin gate: no change is made before it is recorded that it is tried, and none is answered before it is
/// recorded what became of it. While the log cannot be written, changes are refused with 503.
/// </summary>
/// <remarks>
/// The second record may fail while the change is made: then it is kept and told later, and the answer is that of the change.
/// The first one stands in the log by then.
/// </remarks>
internal sealed partial class AuditFilter(AuditTrail trail, ILogger<AuditFilter> logger)
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            return await next(context);
        }

        var intent = trail.Describe(http, CallerContext.Of(http).Caller!);
        if (http.GetEndpoint()?.Metadata.GetMetadata<ChangesNothing>() is not null)
        {
            var shown = await next(context);
            trail.Add(intent with { Outcome = OutcomeOf(shown) });
            return shown;
        }

        long number;
        try
        {
            number = await trail.WriteAsync(intent);
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            LogRefused(logger, exception, intent.Action);
            trail.Add(intent with { Outcome = AuditOutcome.RefusedWith(Unavailable.Code) });
            return Unavailable;
        }

        return await CarryOutAsync(context, next, intent with { Intent = number });
    }

    private static Problem Unavailable { get; } = new(
        503, "audit_unavailable", "Audit log unavailable", "The audit log cannot be written, so nothing is changed. Nothing was.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    private async ValueTask<object?> CarryOutAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, AuditEntry entry)
    {
        object? answer;
        try
        {
            answer = await next(context);
        }
        catch (Exception exception)
        {
            await FinishAsync(Ended(context.HttpContext, entry, AuditOutcome.FailedWith(ClusterSilence.Caused(exception) ? "cluster_unavailable" : exception.GetType().Name)));
            throw;
        }

        await FinishAsync(Ended(context.HttpContext, entry, OutcomeOf(answer)));
        return answer;
    }

    private async Task FinishAsync(AuditEntry entry)
    {
        trail.Ended(entry);
        try
        {
            await trail.WriteAsync(entry);
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            LogLate(logger, exception, entry.Action);
            trail.Add(entry);
        }
    }

    private static AuditEntry Ended(HttpContext context, AuditEntry entry, string outcome)
    {
        var note = AuditNote.Of(context);
        var difference = AuditDifference.Of(note.Before, note.After);
        return entry with
        {
            Outcome = outcome,
            Object = note.Object ?? entry.Object ?? MadeOf(context),
            BeforeHash = difference.BeforeHash,
            AfterHash = difference.AfterHash,
            Difference = difference.Text,
        };
    }

    // What was made is named by where it is.
    private static string? MadeOf(HttpContext context) =>
        context.Response.Headers.Location.ToString() is { Length: > 0 } location ? location[(location.LastIndexOf('/') + 1)..] : null;

    private static string OutcomeOf(object? answer) => answer switch
    {
        Problem { Status: >= 500 } problem => AuditOutcome.FailedWith(problem.Code),
        Problem problem => AuditOutcome.RefusedWith(problem.Code),
        _ => AuditOutcome.Done,
    };

    [LoggerMessage(3321, LogLevel.Error, "{Action} was refused: the audit log cannot be written")]
    private static partial void LogRefused(ILogger logger, Exception exception, string action);

    [LoggerMessage(3322, LogLevel.Error, "What became of {Action} is not in the audit log yet: it is told later")]
    private static partial void LogLate(ILogger logger, Exception exception, string action);
}

/// <summary>The endpoint changes nothing, whatever its method: it is recorded, but never held up by the log.</summary>
internal sealed record ChangesNothing;
