using System.Collections;
using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Metrics for Prometheus, and metrics, traces and logs over OTLP where an endpoint is configured.</summary>
internal static class TelemetryRegistration
{
    private const string OwnMeters = "ProxyCluster.";

    /// <summary>
    /// Series of one instrument of a library: the memory for all of them is taken at once, and there are some 200 such
    /// instruments with a handful of series each. Ours keep OpenTelemetry's 2,000.
    /// </summary>
    private const int LibrarySeries = 100;

    // OpenTelemetry's own begin at 5, for milliseconds: all of our times would fall into the first.
    private static readonly double[] SecondsBuckets =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    /// <summary>The variables by which OpenTelemetry is set up everywhere, under their own names: <c>OTEL_…</c>.</summary>
    public static void AddOpenTelemetryVariables(this IConfigurationBuilder configuration) => configuration.AddInMemoryCollection(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => new KeyValuePair<string, string?>((string)variable.Key, (string?)variable.Value))
            .Where(variable => variable.Key.StartsWith("OTEL_", StringComparison.Ordinal)));

    public static IServiceCollection AddTelemetry(this IServiceCollection services, ProxyClusterOptions options, string service)
    {
        var endpoint = options.Telemetry.OtlpEndpoint;
        var isExported = endpoint is not null || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not null;
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
                metrics.AddView(instrument => instrument.Unit == "s" && instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.Ordinal) && instrument is Histogram<double>
                    ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondsBuckets }
                    : null);
                metrics.AddPrometheusExporter();
                if (isExported)
                {
                    metrics.AddOtlpExporter(exporter => Direct(exporter, endpoint, "v1/metrics"));
                }
            });
        if (isExported)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(OwnMeters + "*", "Microsoft.AspNetCore", "Microsoft.Orleans.Application")
                .AddProcessor(new RedactingProcessor())
                .AddOtlpExporter(exporter => Direct(exporter, endpoint, "v1/traces")));
        }

        if (isExported && options.Telemetry.OtlpLogs)
        {
            telemetry.WithLogging(
                logging => logging
                    .AddProcessor(new RedactingLogProcessor())
                    .AddOtlpExporter(exporter => Direct(exporter, endpoint, "v1/logs")),
                logging => logging.IncludeFormattedMessage = true);
        }

        return services;
    }

    // The exporter reads OTEL_EXPORTER_OTLP_ENDPOINT by itself. An endpoint set here it takes as it is, without the signal's path.
    private static void Direct(OtlpExporterOptions exporter, string? endpoint, string path)
    {
        if (endpoint is not null)
        {
            exporter.Endpoint = exporter.Protocol == OtlpExportProtocol.HttpProtobuf
                ? new Uri(new Uri(endpoint.EndsWith('/') ? endpoint : endpoint + "/"), path)
                : new Uri(endpoint);
        }
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").IsOpen();
}
