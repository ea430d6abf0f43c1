using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Takes secrets out of each line of the log, exceptions and scopes included, just before it is written.</summary>
/// <param name="inner">Makes the line.</param>
internal sealed class RedactingFormatter(ConsoleFormatter inner) : ConsoleFormatter(inner.Name), IDisposable
{
    [ThreadStatic]
    private static StringWriter? _line;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = _line ??= new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            inner.Write(in logEntry, scopeProvider, line);
            textWriter.Write(KnownSecrets.OfProcess.Redact(line.ToString()));
        }
        finally
        {
            line.GetStringBuilder().Clear();
        }
    }

    /// <summary>Puts one around every formatter that is registered.</summary>
    public static void Wrap(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i] is { IsKeyedService: false, ImplementationType: { } type } descriptor && descriptor.ServiceType == typeof(ConsoleFormatter))
            {
                services[i] = ServiceDescriptor.Singleton<ConsoleFormatter>(
                    provider => new RedactingFormatter((ConsoleFormatter)ActivatorUtilities.CreateInstance(provider, type)));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (inner as IDisposable)?.Dispose();
}
