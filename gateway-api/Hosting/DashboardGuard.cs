using System.Text;
using Orleans.Dashboard;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>The Orleans dashboard, for administrators alone: it shows the state of grains.</summary>
internal static class DashboardGuard
{
    private const string Prefix = "/dashboard";
    private const string BasicScheme = "Basic ";

    public static void UseDashboard(this IApplicationBuilder admin) => admin.MapWhen(
        context => context.Request.Path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase),
        dashboard =>
        {
            // Made when somebody looks: it reads 13 MB of pages into memory and compresses them, which few processes need.
            var pages = new Lazy<RequestDelegate>(() => BuildPages(dashboard.New()));
            dashboard.Use(CheckAsync);
            dashboard.Run(context => pages.Value(context));
        });

    private static RequestDelegate BuildPages(IApplicationBuilder pages)
    {
        pages.UseRouting().UseEndpoints(routes => routes.MapOrleansDashboard(Prefix));
        pages.Run(UnknownAdminUrl.AnswerAsync);
        return pages.Build();
    }

    private static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        TakePasswordAsKey(context.Request.Headers);
        var authentication = await context.RequestServices.GetRequiredService<ICallerAuthenticator>().AuthenticateAsync(context);
        if (authentication.Refusal is { } refusal)
        {
            context.Response.OnStarting(
                static response =>
                {
                    ((HttpResponse)response).Headers.WWWAuthenticate = "Basic realm=\"dashboard\", charset=\"UTF-8\"";
                    return Task.CompletedTask;
                },
                context.Response);
            await ErrorWriter.WriteAsync(context, refusal);
            return;
        }

        // It shows what grains hold, and some hold what no other permission shows.
        var permissions = context.RequestServices.GetRequiredService<PermissionGate>();
        if (permissions.Check(context, authentication.Caller!, Permission.All, "The dashboard") is { } denied)
        {
            await ErrorWriter.WriteAsync(context, denied);
            return;
        }

        try
        {
            await next(context);
        }
        catch (SiloUnavailableException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync("The cluster does not answer.", context.RequestAborted);
        }
    }

    // A browser can send nothing but a name and a password: the password is the key.
    private static void TakePasswordAsKey(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization.ToString();
        if (!authorization.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[512];
        if (Convert.TryFromBase64String(authorization[BasicScheme.Length..], bytes, out var length))
        {
            var text = Encoding.UTF8.GetString(bytes[..length]);
            headers.Authorization = "Bearer " + text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }
    }
}
