using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ProxyCluster.Core.Outbound;
using ProxyCluster.GatewayApi.Outbound;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Opens connections to one upstream host, and to what stands before it.</summary>
/// <param name="key">The host.</param>
/// <param name="addresses">Where names lead.</param>
/// <param name="guard">Judges where they lead.</param>
/// <param name="accepts">Judges the host's certificate; <see langword="null"/>: as the system does.</param>
internal sealed class UpstreamDialer(HostKey key, HostAddresses addresses, OutboundGuard guard, RemoteCertificateValidationCallback? accepts)
{
    private const int KeepAliveSeconds = 60;

    private static readonly List<SslApplicationProtocol> Both = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
    private static readonly List<SslApplicationProtocol> OnlyHttp11 = [SslApplicationProtocol.Http11];

    /// <summary>Opens a connection to the host itself, TLS included.</summary>
    /// <param name="onlyHttp11">Whether HTTP/2 is not to be offered.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">The host cannot be reached.</exception>
    /// <exception cref="IOException">It broke off.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">Its certificate is not accepted.</exception>
    public async Task<ReadyConnection> OpenAsync(bool onlyHttp11, CancellationToken cancellationToken)
    {
        var transport = await DialAsync(key.Host, key.Port, key.Reach, cancellationToken);
        if (!key.IsSecure)
        {
            return new ReadyConnection(transport, null);
        }

        var secured = new UpstreamTlsStream(transport);
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = key.Host,
                ApplicationProtocols = onlyHttp11 ? OnlyHttp11 : Both,
                RemoteCertificateValidationCallback = accepts,
            };
            await secured.AuthenticateAsClientAsync(options, cancellationToken);
            return new ReadyConnection(transport, secured);
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a TCP connection.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="reach">How far it may go.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">The host cannot be reached.</exception>
    /// <exception cref="UpstreamForbiddenException">It must not be.</exception>
    public async Task<UpstreamSocketStream> DialAsync(string host, int port, HostReach reach, CancellationToken cancellationToken)
    {
        // What was judged is what is connected to: the name is not looked up again in between.
        var found = await addresses.FindAsync(host, cancellationToken);
        guard.Check(host, found, reach);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // So that a connection that a firewall has forgotten is noticed while nobody speaks.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            await socket.ConnectAsync(found, port, cancellationToken);
            if (socket.RemoteEndPoint is IPEndPoint { Address: var address })
            {
                addresses.Use(host, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
            }

            return new UpstreamSocketStream(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or OperationCanceledException)
            {
                addresses.Doubt(host);
            }

            throw;
        }
    }
}
