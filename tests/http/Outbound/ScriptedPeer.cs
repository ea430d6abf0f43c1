using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProxyCluster.Tests.Http.Outbound;

/// <summary>A peer that answers each connection with bytes of the test's, whatever it was asked: a proxy, a token endpoint, a list of models.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Task _accepting;

    public ScriptedPeer(PeerAnswer answer)
    {
        Answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>What the next connection gets.</summary>
    public PeerAnswer Answer { get; set; }

    /// <summary>Request lines and headers.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var answer = Answer;
        try
        {
            var stream = client.GetStream();
            var buffer = new byte[16 * 1024];
            Heads.Enqueue(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, _stop.Token)));
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.Text), _stop.Token);
            var more = Encoding.UTF8.GetBytes(answer.Repeated);
            while (more.Length > 0)
            {
                await stream.WriteAsync(more, _stop.Token);
            }

            if (answer.IsHeld)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The gateway has left, or the test is over.
        }
    }
}

/// <summary>What a peer says.</summary>
/// <param name="Text">Written at once.</param>
/// <param name="Repeated">Written again and again afterwards, until the other side leaves; empty: nothing.</param>
/// <param name="IsHeld">The connection stays open.</param>
internal sealed record PeerAnswer(string Text, string Repeated = "", bool IsHeld = false)
{
    public static readonly PeerAnswer Nothing = new("", IsHeld: true);

    public static PeerAnswer Json(string body) => new($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body}");
}
