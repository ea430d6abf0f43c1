using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Health;

/// <summary>Probes, on every listener. Live speaks of the process alone: a dead dependency is no reason to kill it.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", LiveAsync).IsOpen();
        routes.MapGet("/livez", LiveAsync).IsOpen();
        routes.MapGet("/health/ready", ReadyAsync).IsOpen();
        routes.MapGet("/readyz", ReadyAsync).IsOpen();
        routes.MapGet("/health/startup", StartupAsync).IsOpen();
    }

    private static Task LiveAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, "live", []);

    private static Task ReadyAsync(HttpContext context)
    {
        var faults = Faults(context);
        if (context.RequestServices.GetRequiredService<DrainState>().IsDraining)
        {
            faults.Add(("draining", "The process is stopping."));
        }

        return Answer(context, faults, "ready");
    }

    // Started once is started for good: what breaks later is for readiness to tell.
    private static Task StartupAsync(HttpContext context)
    {
        var startup = context.RequestServices.GetRequiredService<StartupState>();
        var faults = startup.IsStarted ? [] : Faults(context);
        if (faults.Count == 0)
        {
            startup.Complete();
        }

        return Answer(context, faults, "started");
    }

    private static List<(string Part, string Fault)> Faults(HttpContext context)
    {
        List<(string, string)> faults = [];
        foreach (var part in context.RequestServices.GetServices<ReadinessPart>())
        {
            if (part.Fault() is { } fault)
            {
                faults.Add((part.Name, fault));
            }
        }

        return faults;
    }

    private static Task Answer(HttpContext context, List<(string Part, string Fault)> faults, string good) => faults.Count == 0
        ? WriteAsync(context, StatusCodes.Status200OK, good, faults)
        : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "not " + good, faults);

    private static async Task WriteAsync(HttpContext context, int status, string word, List<(string Part, string Fault)> faults)
    {
        var body = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("status"u8, word);
            if (faults.Count > 0)
            {
                json.WriteStartObject("faults"u8);
                foreach (var (part, fault) in faults)
                {
                    json.WriteString(part, fault);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }
}
