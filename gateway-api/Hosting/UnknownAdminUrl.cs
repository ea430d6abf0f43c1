namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>The admin listener's answer where there is no route, in the form of its other problems.</summary>
internal static class UnknownAdminUrl
{
    public static Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsJsonAsync(
            new { type = "about:blank", title = "Not found", status = 404, detail = $"There is no route {context.Request.Method} {context.Request.Path}." },
            options: null,
            "application/problem+json",
            context.RequestAborted);
    }
}
