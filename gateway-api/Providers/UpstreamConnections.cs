using ProxyCluster.GatewayApi.ConnectionPools;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>The connections to one provider: those that are kept, and single ones for what died with a kept one.</summary>
/// <param name="kept">Keeps connections for the next request.</param>
/// <param name="fresh">Opens a connection for each request.</param>
/// <param name="generation">Whose handlers these lead to; released with this. <see langword="null"/>: they are this provider's alone.</param>
/// <param name="host">The pool of that generation.</param>
internal sealed class UpstreamConnections(
    HttpMessageHandler kept, HttpMessageHandler fresh, PoolGeneration? generation = null, HostPool? host = null) : IDisposable
{
    /// <summary>The pool of the provider's host; <see langword="null"/>: there is no host behind it.</summary>
    public HostPool? Host => host;

    /// <summary>Sends over a connection that may have served before.</summary>
    public HttpMessageInvoker Kept { get; } = new(kept, disposeHandler: true);

    /// <summary>Sends over a connection of its own.</summary>
    public HttpMessageInvoker Fresh { get; } = new(fresh, disposeHandler: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        Kept.Dispose();
        Fresh.Dispose();
        generation?.Release();
    }
}
