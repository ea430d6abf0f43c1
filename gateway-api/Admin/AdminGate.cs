using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Stands before every endpoint of the admin plane: only callers with the endpoint's permission come in, changes are
/// logged with who made them, and a silent cluster is told as 503. Put on the group, so that no endpoint can be without
/// it; one that says no permission, or not whose affairs it is about, lets nobody in. It goes by the endpoint that is to run,
/// never by the address.
/// </summary>
internal sealed partial class AdminGate(ICallerAuthenticator authenticator, PermissionGate permissions, SecurityEvents events, ILogger<AdminGate> logger) : IEndpointFilter
{
    private static readonly Refusal NoPolicy = Refusals.Forbidden("Nobody may use this: it does not say who may.");

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var from = CallerContext.Of(http);
        var (caller, refusal) = await authenticator.AuthenticateAsync(http);
        if (caller is null)
        {
            return Problem.From(refusal!);
        }

        var policy = http.GetEndpoint()?.Metadata.GetMetadata<PermissionRequirement>();
        if (Judge(http, caller, policy) is { } denied)
        {
            LogRefused(logger, caller.Subject, from.AddressText, from.UserAgent, http.Request.Method, http.Request.Path);
            http.RequestServices.GetRequiredService<AuditTrail>().Refused(http, caller, denied.Code!);
            return Problem.From(denied);
        }

        from.Caller = caller;
        var answer = await AnswerAsync(context, next);
        if (answer is Problem { Status: StatusCodes.Status403Forbidden } forbidden)
        {
            // The endpoint itself saw that it was too much.
            events.RecordFrom(from, SecurityEventType.PermissionDenied, caller.Subject, forbidden.Code);
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            LogAction(logger, caller.Subject, from.AddressText, from.UserAgent, http.Request.Method, http.Request.Path, (answer as Problem)?.Code ?? "done");
        }

        return answer;
    }

    private Refusal? Judge(HttpContext context, Caller caller, PermissionRequirement? policy) => policy switch
    {
        null or { Scope: EndpointScope.None } => NoPolicy,
        _ => permissions.Check(context, caller, policy.Permission) ?? permissions.CheckScope(context, caller, policy.Scope),
    };

    private async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException exception)
        {
            return new Problem(exception.StatusCode, "invalid_request", "Invalid request", "The request's body could not be read.");
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            LogSilent(logger, exception, context.HttpContext.Request.Path);
            return Problem.Unavailable();
        }
    }

    [LoggerMessage(3201, LogLevel.Information, "{Subject} from {Address} ({UserAgent}) called {Method} {Path}: {Outcome}")]
    private static partial void LogAction(ILogger logger, string subject, string? address, string? userAgent, string method, string path, string outcome);

    [LoggerMessage(3202, LogLevel.Warning, "{Subject} from {Address} ({UserAgent}) lacks the permission for {Method} {Path} and was refused")]
    private static partial void LogRefused(ILogger logger, string subject, string? address, string? userAgent, string method, string path);

    [LoggerMessage(3203, LogLevel.Warning, "The cluster did not answer {Path}")]
    private static partial void LogSilent(ILogger logger, Exception exception, string path);
}
