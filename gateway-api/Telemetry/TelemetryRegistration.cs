using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Metrics for Prometheus, and metrics and traces over OTLP where an endpoint is configured.</summary>
internal static class TelemetryRegistration
{
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
                metrics.AddMeter("ProxyCluster.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                metrics.AddPrometheusExporter();
                if (endpoint is not null)
                {
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = new Uri(endpoint));
                }
            });
        if (endpoint is not null)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource("ProxyCluster.*", "Microsoft.AspNetCore", "Microsoft.Orleans.Application")
                .AddOtlpExporter(exporter => exporter.Endpoint = new Uri(endpoint)));
        }

        return services;
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics");
}
