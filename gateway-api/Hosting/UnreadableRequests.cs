using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Tells operators of requests that the server itself refuses to read: two lengths, broken heads and chunks, what no honest
/// client sends. They come as far as no middleware.
/// </summary>
internal sealed class UnreadableRequests(DiagnosticListener diagnostics, SecurityEvents events) : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = diagnostics.Subscribe(this, static name => name == Refused);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is not { Key: Refused, Value: IFeatureCollection features }
            || features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException { StatusCode: var status }
            || status is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge)
        {
            // Slow and large requests are of a sound form.
            return;
        }

        var from = CallerContext.Of(new DefaultHttpContext(features));
        events.RecordFrom(from, SecurityEventType.MalformedRequest, null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The server could not read a request ({status})."));
    }

    /// <inheritdoc/>
    public void OnError(Exception error)
    {
        // The source of the server's own events does not end before the server.
    }

    /// <inheritdoc/>
    public void OnCompleted()
    {
        // As above.
    }
}
