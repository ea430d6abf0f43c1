using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What the data listener answers under <c>/v1</c>.</summary>
/// <remarks>A dozen routes need no routing table: comparing paths is cheaper than what endpoint routing does for each request.</remarks>
internal sealed class DataPlane(InferencePipeline pipeline, ModelsEndpoint models, UsageEndpoint usage, RequestIds ids)
{
    private const string Models = "/v1/models";

    /// <summary>Answers a request, or hands it on where its path is not under <c>/v1</c>.</summary>
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith("/v1/", StringComparison.Ordinal))
        {
            return next(context);
        }

        switch (path)
        {
            case "/v1/chat/completions":
                return PostAsync(context, InferenceOperation.ChatCompletions);
            case "/v1/responses":
                return PostAsync(context, InferenceOperation.Responses);
            case "/v1/completions":
                return PostAsync(context, InferenceOperation.Completions);
            case "/v1/embeddings":
                return PostAsync(context, InferenceOperation.Embeddings);
            case "/v1/messages":
                return PostAsync(context, InferenceOperation.Messages);
            case "/v1/messages/count_tokens":
                return PostAsync(context, InferenceOperation.CountTokens);
            case "/v1/images/generations":
                return PostAsync(context, InferenceOperation.ImageGenerations);
            case "/v1/audio/speech":
                return PostAsync(context, InferenceOperation.Speech);
            case "/v1/audio/transcriptions":
                return PostAsync(context, InferenceOperation.Transcriptions);
            case "/v1/audio/translations":
                return PostAsync(context, InferenceOperation.Translations);
            case "/v1/moderations":
                return PostAsync(context, InferenceOperation.Moderations);
            case "/v1/rerank":
                return PostAsync(context, InferenceOperation.Rerank);
            case "/v1/routing/explain":
                return PostAsync(context, InferenceOperation.Explain);
            case "/v1/usage":
                return GetUsageAsync(context);
            case Models:
                return GetModelsAsync(context, null);
            default:
                return path.Length > Models.Length + 1 && path.StartsWith(Models + "/", StringComparison.Ordinal)
                    ? GetModelsAsync(context, path[(Models.Length + 1)..])
                    : UnknownAsync(context);
        }
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
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            return RefuseAsync(context, Refusals.MethodNotAllowed(context.Request.Method, "GET"));
        }

        context.Response.Headers["x-request-id"] = ids.For(context.Request);
        return usage.HandleAsync(context);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal, ClientDialect? dialect = null)
    {
        var id = ids.For(context.Request);
        dialect ??= ClientDialects.Of(InferenceOperation.ChatCompletions);
        ResponseHeaders.WriteRequestId(context.Response.Headers, dialect, id);
        return ErrorWriter.WriteAsync(context, refusal, dialect, id);
    }

    private static string Shortened(string? path) => path is { Length: > 256 } ? path[..256] : path ?? "";
}
