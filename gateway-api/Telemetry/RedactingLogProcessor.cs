using OpenTelemetry;
using OpenTelemetry.Logs;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Takes secrets out of each event of the log just before it is exported, exceptions included: those of libraries, too.</summary>
internal sealed class RedactingLogProcessor : BaseProcessor<LogRecord>
{
    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        data.FormattedMessage = Clean(data.FormattedMessage);
        data.Body = Clean(data.Body);
        var attributes = new List<KeyValuePair<string, object?>>(data.Attributes?.Count + 3 ?? 3);
        foreach (var (name, value) in data.Attributes ?? [])
        {
            attributes.Add(new(name, Clean(value)));
        }

        if (data.Exception is { } exception)
        {
            // The exporter would tell it as it is, under these names.
            attributes.Add(new("exception.type", exception.GetType().Name));
            attributes.Add(new("exception.message", Clean(exception.Message)));
            attributes.Add(new("exception.stacktrace", Clean(exception.ToString())));
            data.Exception = null;
        }

        data.Attributes = attributes;
    }

    private static string? Clean(string? text) => text is null ? null : KnownSecrets.OfProcess.Redact(text);

    // What is no number and no truth is exported as its text.
    private static object? Clean(object? value) => value switch
    {
        null or bool or char or byte or short or int or long or float or double or decimal => value,
        _ => Clean(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
