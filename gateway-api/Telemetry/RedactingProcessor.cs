using System.Diagnostics;
using OpenTelemetry;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Takes secrets out of each span just before it is exported: those of libraries, too.</summary>
internal sealed class RedactingProcessor : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        data.DisplayName = KnownSecrets.OfProcess.Redact(data.DisplayName);
        if (data.StatusDescription is { Length: > 0 } description)
        {
            data.SetStatus(data.Status, KnownSecrets.OfProcess.Redact(description));
        }

        List<KeyValuePair<string, object?>>? changed = null;
        foreach (var (name, value) in data.EnumerateTagObjects())
        {
            if (value is string text && KnownSecrets.OfProcess.Redact(text) is var clean && !ReferenceEquals(clean, text))
            {
                (changed ??= []).Add(new(name, clean));
            }
        }

        foreach (var (name, value) in changed ?? [])
        {
            data.SetTag(name, value);
        }
    }
}
