namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Sends over a handler that others send over too: disposing of this leaves it open.</summary>
/// <param name="shared">Sends over the handler.</param>
internal sealed class LeasedHandler(HttpMessageInvoker shared) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        shared.SendAsync(request, cancellationToken);
}
