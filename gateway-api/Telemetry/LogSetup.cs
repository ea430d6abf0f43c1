using Microsoft.Extensions.Logging.Console;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Logs to the console, a line each: text, or JSON for collectors.</summary>
internal static class LogSetup
{
    public static void AddLogs(this ILoggingBuilder logging, TelemetryOptions options)
    {
        var level = Enum.TryParse<LogLevel>(options.LogLevel, ignoreCase: true, out var parsed) ? parsed : LogLevel.Information;

        // Of libraries only what someone should look at.
        logging.SetMinimumLevel(level > LogLevel.Warning ? level : LogLevel.Warning);
        logging.AddFilter("ProxyCluster", level);

        // What stops a start is told in one sentence by HostRunner.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // While it may tell anything at all, the server makes a span and a scope for each request. What it would tell: each
        // request's beginning and end, at a level that is never on; and a start that fails, which HostRunner tells too. Where
        // spans are exported they are made all the same.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // Told once by our own ConnectForEver, not each second; and a slow start is no deadlock.
        logging.AddFilter("Orleans.Messaging.GatewayManager", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        if (options.LogFormat == "json")
        {
            logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        RedactingFormatter.Wrap(logging.Services);

        // A reader of the log that does not keep up must not hold up requests.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
    }
}
