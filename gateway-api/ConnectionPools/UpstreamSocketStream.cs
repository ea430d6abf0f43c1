using System.Net.Sockets;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>A TCP connection to an upstream host, which gives its place back when it is closed.</summary>
/// <param name="socket">Connected; closed with this.</param>
internal sealed class UpstreamSocketStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const byte Established = 1;

    private ConnectionGate? _place;

    /// <summary>Whether it was open for a while before anybody used it: the host may have closed it meanwhile, as one that has served.</summary>
    public bool HasWaited { get; private set; }

    /// <summary>Hands the connection to a handler.</summary>
    /// <param name="place">The gate that holds a place for it.</param>
    /// <param name="hasWaited">Whether it was opened ahead.</param>
    public void Occupy(ConnectionGate place, bool hasWaited)
    {
        _place = place;
        HasWaited = hasWaited;
    }

    /// <summary>Whether the host has not closed it. Of connections that nobody uses: nothing is read.</summary>
    /// <param name="mayHoldBytes">Whether the host may speak first, as TLS and HTTP/2 do.</param>
    public bool IsAlive(bool mayHoldBytes)
    {
        try
        {
            if (!Socket.Poll(0, SelectMode.SelectRead))
            {
                return true;
            }

            return mayHoldBytes && Socket.Available > 0 && !HasPeerLeft();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Interlocked.Exchange(ref _place, null)?.Leave();
    }

    // Bytes that nobody has read hide the end behind them from a poll; the kernel knows the state.
    private bool HasPeerLeft()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> state = stackalloc byte[1];
        return Socket.GetRawSocketOption(TcpLevel, TcpInfo, state) == 0 || state[0] != Established;
    }
}
