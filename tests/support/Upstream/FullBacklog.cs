using System.Net;
using System.Net.Sockets;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>
/// A host that does not even refuse: a listener that accepts nobody and whose queue is full, so that the kernel drops
/// every further attempt to connect. Behaves as an address behind a firewall does, without leaving the machine.
/// </summary>
public sealed class FullBacklog : IDisposable
{
    private const int MostConnections = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queued = [];

    private FullBacklog()
    {
    }

    /// <summary>Where nobody can connect to.</summary>
    public Uri Url { get; private set; } = null!;

    /// <param name="port">0: a free one below 32768.</param>
    /// <exception cref="InvalidOperationException">The queue does not fill up.</exception>
    public static async Task<FullBacklog> StartAsync(int port = 0)
    {
        var hole = new FullBacklog();
        hole._listener.Bind(new IPEndPoint(IPAddress.Loopback, port == 0 ? Processes.FreePorts.Next() : port));
        hole._listener.Listen(0);
        var address = (IPEndPoint)hole._listener.LocalEndPoint!;
        hole.Url = new Uri($"http://127.0.0.1:{address.Port}");
        while (await hole.TryQueueAsync(address))
        {
            if (hole._queued.Count == MostConnections)
            {
                hole.Dispose();
                throw new InvalidOperationException("The listener's queue does not fill up.");
            }
        }

        return hole;
    }

    public void Dispose()
    {
        _queued.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }

    private async Task<bool> TryQueueAsync(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _queued.Add(socket);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(address, limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
