using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>A host that answers nothing and closes its connections when it is told to, or at their first bytes.</summary>
internal sealed class ClosingHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly Task _accepting;
    private int _accepted;
    private int _left;

    public ClosingHost()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public bool ClosesOnFirstBytes { get; init; }

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that were closed here, and whose other side has taken notice in its kernel.</summary>
    public int Left => Volatile.Read(ref _left);

    public ProviderDefinition Define() => new()
    {
        Name = "closing",
        Type = OpenAiDialect.Presets[0].Type,
        BaseUrl = $"http://{HeldUpstream.Name}:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1",
    };

    public void CloseAll()
    {
        while (_open.TryTake(out var socket))
        {
            socket.Dispose();
            Interlocked.Increment(ref _left);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        CloseAll();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                _open.Add(socket);
                Interlocked.Increment(ref _accepted);
                if (ClosesOnFirstBytes)
                {
                    await socket.ReceiveAsync(new byte[64 * 1024]);
                    CloseAll();
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
