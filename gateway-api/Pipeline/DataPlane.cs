using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What the data listener answers under <c>/v1</c>.</summary>
/// <remarks>A dozen routes need no endpoint routing: to look a path up in a table is cheaper.</remarks>
internal sealed class DataPlane(InferencePipeline pipeline, ModelsEndpoint models, UsageEndpoint usage, AddressGuard addresses, RequestIds ids)
{
    /// <summary>Answers a request, or hands it on where its path is not under <c>/v1</c>.</summary>
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith("/v1/", StringComparison.Ordinal))
        {
            return next(context);
        }

        return DataRoute.Find(path) switch
        {
            null => UnknownAsync(context),
            { Operation: { } operation } => PostAsync(context, operation),
            { Path: DataRoute.Usage } => GetUsageAsync(context),
            _ => GetModelsAsync(context, path.Length > DataRoute.Models.Length ? path[(DataRoute.Models.Length + 1)..] : null),
        };
    }

    /// <summary>The answer where there is no route.</summary>
    public Task UnknownAsync(HttpContext context) => RefuseAsync(
        context,
        RoutesNotOffered.Find(context.Request.Path) is { } what
            ? Refusals.NotOffered(what)
            : Refusals.UnknownUrl(context.Request.Method, Shortened(context.Request.Path)));

    private Task PostAsync(HttpContext context, InferenceOperation operation) => HttpMethods.IsPost(context.Request.Method)
        ? pipeline.RunAsync(context, operation)
        : RefuseAsync(context, Refusals.MethodNotAllowed(context.Request.Method, "POST"), ClientDialects.Of(operation));

    private Task GetModelsAsync(HttpContext context, string? id)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return RefuseAsync(context, Refusals.MethodNotAllowed(context.Request.Method, "GET"));
        }

        context.Response.Headers["x-request-id"] = ids.For(context.Request);
        return models.HandleAsync(context, id);
    }

    private Task GetUsageAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return RefuseAsync(context, Refusals.MethodNotAllowed(context.Request.Method, "GET"));
        }

        context.Response.Headers["x-request-id"] = ids.For(context.Request);
        return usage.HandleAsync(context);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal, ClientDialect? dialect = null)
    {
        // What nobody answers counts against its address all the same.
        refusal = addresses.CountUnanswered(context) ?? refusal;
        var id = ids.For(context.Request);
        dialect ??= ClientDialects.Of(InferenceOperation.ChatCompletions);
        ResponseHeaders.WriteRequestId(context.Response.Headers, dialect, id);
        return ErrorWriter.WriteAsync(context, refusal, dialect, id);
    }

    private static string Shortened(string? path) => path is { Length: > 256 } ? path[..256] : path ?? "";
}
