using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Metrics for Prometheus, and metrics and traces over OTLP where an endpoint is configured.</summary>
internal static class TelemetryRegistration
{
    private const string OwnMeters = "ProxyCluster.";

    /// <summary>
    /// Series of one instrument of a library: the memory for all of them is taken at once, and there are some 200 such
    /// instruments with a handful of series each. Ours keep OpenTelemetry's 2,000.
    /// </summary>
    private const int LibrarySeries = 100;

    public static IServiceCollection AddTelemetry(this IServiceCollection services, ProxyClusterOptions options, string service)
    {
        var endpoint = options.Telemetry.OtlpEndpoint ?? Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT");
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                service,
                serviceVersion: Hosting.ProductVersion.Text,
                serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}"))
            .WithMetrics(metrics =>
            {
                // ASP.NET's own request histogram is left out: it costs each request what ours already measures.
                metrics.AddMeter(OwnMeters + "*", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                metrics.AddView(instrument => instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.Ordinal)
                    ? null
                    : new MetricStreamConfiguration { CardinalityLimit = LibrarySeries });
                metrics.AddPrometheusExporter();
                if (endpoint is not null)
                {
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = new Uri(endpoint));
                }
            });
        if (endpoint is not null)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(OwnMeters + "*", "Microsoft.AspNetCore", "Microsoft.Orleans.Application")
                .AddOtlpExporter(exporter => exporter.Endpoint = new Uri(endpoint)));
        }

        return services;
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics");
}
