using System.Net;
using System.Net.Sockets;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Finds out whether a port is free. Orleans sets an option on its sockets that lets two silos share one port without an
/// error, the kernel dealing connections to either.
/// </summary>
internal static class PortProbe
{
    private const int Furthest = 100;

    public static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>A port the kernel picks.</summary>
    public static int AnyFree(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The first free port at or above one.</summary>
    /// <returns><see langword="null"/>: none of the next hundred is free.</returns>
    public static int? NextFree(IPAddress address, int port)
    {
        for (var candidate = port; candidate < port + Furthest && candidate <= IPEndPoint.MaxPort; candidate++)
        {
            if (IsFree(address, candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
