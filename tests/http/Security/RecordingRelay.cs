using System.Net;
using System.Net.Sockets;
using System.Text;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Stands between two processes, hands on every byte in both directions, and keeps it.</summary>
internal sealed class RecordingRelay : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly MemoryStream _recorded = new();
    private readonly List<Task> _carrying = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _to;
    private readonly Task _accepting;

    /// <param name="to">The port on this machine that is meant.</param>
    public RecordingRelay(int to)
    {
        _to = to;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, FreePorts.Next()));
        _listener.Listen(16);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>All that has passed, a byte a character.</summary>
    public string Recorded
    {
        get
        {
            lock (_recorded)
            {
                return Encoding.Latin1.GetString(_recorded.ToArray());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_carrying);
        _stopping.Dispose();
        await _recorded.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stopping.Token);
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _to), _stopping.Token);
                _carrying.Add(CarryAsync(client, server));
                _carrying.Add(CarryAsync(server, client));
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The test is over, or the silo is.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _stopping.Token)) > 0)
            {
                lock (_recorded)
                {
                    _recorded.Write(buffer, 0, count);
                }

                await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two has left.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
