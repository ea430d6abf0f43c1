namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>What the admin listener tells browsers: not to frame, guess, share or keep what it answers.</summary>
internal static class AdminHeaders
{
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    // The dashboard's pages bring scripts and styles of their own.
    private const string PagePolicy = "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'";

    public static void UseAdminHeaders(this IApplicationBuilder admin) => admin.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        var isPage = context.Request.Path.StartsWithSegments("/dashboard", StringComparison.OrdinalIgnoreCase);
        headers.ContentSecurityPolicy = isPage ? PagePolicy : ApiPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (!isPage)
        {
            headers.CacheControl = "no-store";
        }

        return next(context);
    });
}
