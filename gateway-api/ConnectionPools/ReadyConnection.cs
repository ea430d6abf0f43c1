using System.Net.Security;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>A connection to an upstream host on which nothing was sent yet.</summary>
/// <param name="Transport">The TCP connection.</param>
/// <param name="Secured">TLS over it; <see langword="null"/>: the host is spoken to in the clear.</param>
internal sealed record ReadyConnection(UpstreamSocketStream Transport, UpstreamTlsStream? Secured)
{
    /// <summary>What requests are written to.</summary>
    public Stream Stream => Secured ?? (Stream)Transport;

    /// <summary>Whether the host has chosen HTTP/2.</summary>
    public bool IsHttp2 => Secured?.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2;

    /// <summary>Whether the host has not closed it.</summary>
    public bool IsAlive => Transport.IsAlive(mayHoldBytes: Secured is not null);
}
