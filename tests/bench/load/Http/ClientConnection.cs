using System.Diagnostics;
using System.Net.Sockets;

namespace ProxyCluster.Bench.Load.Http;

/// <summary>One kept-alive connection of the load generator: sends the same request, again and again.</summary>
internal sealed class ClientConnection : IDisposable
{
    private readonly Uri _url;
    private readonly byte[] _request;
    private readonly bool _streamed;
    private readonly Action _onFirstBytes;
    private Socket? _socket;
    private MessageReader? _reader;
    private long _firstBytesAt;

    public ClientConnection(Uri url, RequestKind kind, string? key)
    {
        _url = url;
        _request = ChatRequest.Create(url, kind, key);
        _streamed = kind is RequestKind.Stream or RequestKind.Paced;
        _onFirstBytes = () => _firstBytesAt = Stopwatch.GetTimestamp();
    }

    /// <summary>What the last failed exchange answered, for the operator.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Sends the request and reads the answer to its end. Blocks.</summary>
    /// <returns>When its first byte and its end came, and whether it was a whole and good answer.</returns>
    public Exchange Run()
    {
        try
        {
            var reader = Connect();
            _socket!.Send(_request);
            if (!reader.Read(_onFirstBytes))
            {
                return Fail("the connection was closed before the answer's end");
            }

            if (!reader.Head.StartsWith("HTTP/1.1 200"u8) || (_streamed && reader.Body.IndexOf("data: [DONE]"u8) < 0))
            {
                return Fail(System.Text.Encoding.UTF8.GetString(reader.Head) + System.Text.Encoding.UTF8.GetString(reader.Body));
            }

            return new Exchange(true, _firstBytesAt, Stopwatch.GetTimestamp());
        }
        catch (SocketException e)
        {
            return Fail(e.Message);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private MessageReader Connect()
    {
        if (_reader is not null)
        {
            return _reader;
        }

        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(_url.Host, _url.Port);
        return _reader = new MessageReader(_socket);
    }

    private Exchange Fail(string reason)
    {
        LastFailure = reason;
        _socket?.Dispose();
        _socket = null;
        _reader = null;
        var now = Stopwatch.GetTimestamp();
        return new Exchange(false, now, now);
    }
}

/// <summary>One request and its answer. Times as of <see cref="Stopwatch.GetTimestamp"/>.</summary>
/// <param name="Succeeded">A good answer, to its end.</param>
/// <param name="FirstByteAt">When the body began.</param>
/// <param name="EndedAt">When the last byte was there.</param>
internal readonly record struct Exchange(bool Succeeded, long FirstByteAt, long EndedAt);
