using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Logs, traces and metrics.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Where traces and metrics, and with <see cref="OtlpLogs"/> logs, are sent (OTLP); <c>null</c>: nowhere. <c>/metrics</c> is always there.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Whether logs go there too, as they go to the console, audit anchors among them. Default <c>false</c>.</summary>
    public bool OtlpLogs { get; set; }

    /// <summary><c>text</c> or <c>json</c>. Default <c>text</c>.</summary>
    [AllowedValues("text", "json")]
    public string LogFormat { get; set; } = "text";

    /// <summary><c>Trace</c> to <c>None</c>. Default <c>Information</c>.</summary>
    [AllowedValues("Trace", "Debug", "Information", "Warning", "Error", "Critical", "None")]
    public string LogLevel { get; set; } = "Information";
}
