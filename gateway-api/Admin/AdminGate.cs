using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Stands before every endpoint of the admin plane: only admins come in, changes are logged with who made them, and a
/// silent cluster is told as 503. Put on the group, so that no endpoint can be without it.
/// </summary>
internal sealed partial class AdminGate(ICallerAuthenticator authenticator, ILogger<AdminGate> logger) : IEndpointFilter
{
    private static readonly Refusal AdminsOnly = Refusals.Forbidden("This key may not use the admin API: it takes the role 'admin'.");

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (caller, refusal) = await authenticator.AuthenticateAsync(http);
        if (caller is null)
        {
            return Problem.From(refusal!);
        }

        if (!caller.IsAdmin)
        {
            LogRefused(logger, caller.Subject, http.Request.Method, http.Request.Path);
            return Problem.From(AdminsOnly);
        }

        http.Features.Set(caller);
        var answer = await AnswerAsync(context, next);
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            LogAction(logger, caller.Subject, http.Request.Method, http.Request.Path, (answer as Problem)?.Code ?? "done");
        }

        return answer;
    }

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

    [LoggerMessage(3201, LogLevel.Information, "{Subject} called {Method} {Path}: {Outcome}")]
    private static partial void LogAction(ILogger logger, string subject, string method, string path, string outcome);

    [LoggerMessage(3202, LogLevel.Warning, "{Subject} is not an admin and was refused {Method} {Path}")]
    private static partial void LogRefused(ILogger logger, string subject, string method, string path);

    [LoggerMessage(3203, LogLevel.Warning, "The cluster did not answer {Path}")]
    private static partial void LogSilent(ILogger logger, Exception exception, string path);
}
