using System.Net.Security;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>TLS over a connection to an upstream host. Handlers take it as it is and make no TLS of their own.</summary>
/// <param name="transport">The connection; closed with this.</param>
internal sealed class UpstreamTlsStream(UpstreamSocketStream transport) : SslStream(transport)
{
    public UpstreamSocketStream Transport => transport;
}
