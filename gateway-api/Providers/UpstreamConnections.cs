namespace ProxyCluster.GatewayApi.Providers;

/// <summary>The connections to one provider: those that are kept, and single ones for what died with a kept one.</summary>
/// <param name="kept">Keeps connections for the next request.</param>
/// <param name="fresh">Opens a connection for each request.</param>
internal sealed class UpstreamConnections(HttpMessageHandler kept, HttpMessageHandler fresh) : IDisposable
{
    /// <summary>Sends over a connection that may have served before.</summary>
    public HttpMessageInvoker Kept { get; } = new(kept, disposeHandler: true);

    /// <summary>Sends over a connection of its own.</summary>
    public HttpMessageInvoker Fresh { get; } = new(fresh, disposeHandler: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        Kept.Dispose();
        Fresh.Dispose();
    }
}
