using Microsoft.Net.Http.Headers;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Lets web pages of other origins call the data listener (CORS), where the operator names them.</summary>
internal static class CrossOrigin
{
    private static readonly TimeSpan PreflightLasts = TimeSpan.FromMinutes(10);

    /// <summary>Answers preflights, and tells browsers which pages may read answers. Keys go in headers: cookies are never let.</summary>
    /// <param name="app">The data listener's pipeline.</param>
    /// <param name="origins">Origins as browsers write them, or <c>*</c>; none: nothing is added.</param>
    public static void UseAllowedOrigins(this IApplicationBuilder app, IList<string> origins)
    {
        if (origins.Count == 0)
        {
            return;
        }

        app.UseCors(policy => policy
            .WithOrigins([.. origins])
            .WithMethods(HttpMethods.Get, HttpMethods.Post)
            .AllowAnyHeader()
            .WithExposedHeaders("*", HeaderNames.RetryAfter)
            .SetPreflightMaxAge(PreflightLasts));
    }
}
