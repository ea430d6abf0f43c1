using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Refuses addresses that a proxy before the gateway could understand in another way than the gateway does (RELIABILITY
/// S5): whole URLs, and on the admin listener paths with empty or relative segments, parameters or hidden separators.
/// </summary>
internal static class RequestTarget
{
    private static readonly SearchValues<string> Ambiguous = SearchValues.Create(
        ["//", "/./", "/../", "\\", ";", "%2e", "%2f", "%5c", "%00", "%25"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses whole URLs.</summary>
    public static void UseOriginFormOnly(this IApplicationBuilder app) =>
        app.UseOnly(static path => path.StartsWith('/'), "The target of a request was a whole URL.");

    /// <summary>Refuses every path that is not plain.</summary>
    public static void UsePlainPathsOnly(this IApplicationBuilder app) => app.UseOnly(IsPlain, "The target of a request could be read in two ways.");

    /// <summary>
    /// Refuses a request with both framings, a length and chunks: what stands between us and the client may have read the other
    /// one (RFC 9112, 6.1).
    /// </summary>
    public static void UseOneFramingOnly(this IApplicationBuilder app)
    {
        var events = app.ApplicationServices.GetRequiredService<SecurityEvents>();
        app.Use(next => context => HasTwoFramings(context.Request.Headers)
            ? RefuseAsync(context, events, "A request had both 'Content-Length' and 'Transfer-Encoding'.")
            : next(context));
    }

    /// <summary>Whether a request came with both framings. Kestrel takes the chunks and renames the length.</summary>
    /// <param name="headers">As Kestrel gives them.</param>
    public static bool HasTwoFramings(IHeaderDictionary headers) =>
        headers.TransferEncoding.Count > 0 && headers.ContainsKey("X-Content-Length");

    /// <summary>Whether a path has one meaning only.</summary>
    /// <param name="target">As it was sent, query included.</param>
    internal static bool IsPlain(ReadOnlySpan<char> target)
    {
        var end = target.IndexOfAny('?', '#');
        var path = end < 0 ? target : target[..end];
        return path.StartsWith('/') && path.IndexOfAny(Ambiguous) < 0 && !path.EndsWith("/..") && !path.EndsWith("/.");
    }

    private static void UseOnly(this IApplicationBuilder app, SpanPredicate isTaken, string fault)
    {
        var events = app.ApplicationServices.GetRequiredService<SecurityEvents>();
        app.Use(next => context =>
        {
            var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
            return string.IsNullOrEmpty(target) || isTaken(target) ? next(context) : RefuseAsync(context, events, fault);
        });
    }

    private static Task RefuseAsync(HttpContext context, SecurityEvents events, string fault)
    {
        events.RecordFrom(CallerContext.Of(context), SecurityEventType.MalformedRequest, null, fault);

        // Nothing more of this connection is trusted to begin where it seems to.
        context.Response.Headers.Connection = "close";
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    private delegate bool SpanPredicate(ReadOnlySpan<char> target);
}
