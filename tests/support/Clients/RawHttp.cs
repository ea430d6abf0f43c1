using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProxyCluster.Tests.Support.Clients;

/// <summary>A client that sends exactly the bytes it is told to, for requests no HTTP library would send.</summary>
public sealed class RawHttp : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly MemoryStream _unread = new();

    private RawHttp(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public static async Task<RawHttp> ConnectAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.Host), server.Port));
        return new RawHttp(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Reads one response.</summary>
    /// <returns><see langword="null"/>: the server closed the connection without one.</returns>
    public async Task<RawResponse?> ReadResponseAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        var head = await ReadUntilAsync("\r\n\r\n", deadline.Token);
        if (head is null)
        {
            return null;
        }

        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToLookup(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim());
        var body = new StringBuilder();
        if (headers["transfer-encoding"].Contains("chunked"))
        {
            while (true)
            {
                var size = await ReadUntilAsync("\r\n", deadline.Token);
                if (size is null)
                {
                    return new RawResponse(status, headers, body.ToString(), IsComplete: false);
                }

                var count = int.Parse(size.Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                var chunk = await ReadBytesAsync(count + 2, deadline.Token);
                if (count == 0)
                {
                    break;
                }

                body.Append(chunk.AsSpan(0, Math.Min(count, chunk.Length)));
            }
        }
        else if (headers["content-length"].FirstOrDefault() is { } length)
        {
            body.Append(await ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture), deadline.Token));
        }

        return new RawResponse(status, headers, body.ToString(), IsComplete: true);
    }

    /// <summary>Reads until the server closes the connection.</summary>
    /// <returns>All that came, with its framing.</returns>
    public async Task<string> ReadToEndAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        while (await FillAsync(deadline.Token))
        {
        }

        return Encoding.Latin1.GetString(_unread.ToArray());
    }

    /// <summary>Reads until a text has come, and leaves what was read unread.</summary>
    public async Task WaitForAsync(string text, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (!Encoding.Latin1.GetString(_unread.ToArray()).Contains(text, StringComparison.Ordinal))
        {
            if (!await FillAsync(deadline.Token))
            {
                throw new EndOfStreamException($"The server closed the connection before it sent '{text}'.");
            }
        }
    }

    /// <summary>Leaves without a word, in the middle of whatever it is.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
        _unread.Dispose();
    }

    private async Task<string?> ReadUntilAsync(string end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString(_unread.GetBuffer(), 0, (int)_unread.Length);
            var at = text.IndexOf(end, StringComparison.Ordinal);
            if (at >= 0)
            {
                return Take(at + end.Length);
            }

            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    private async Task<string> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        while (_unread.Length < count && await FillAsync(cancellationToken))
        {
        }

        return Take((int)Math.Min(count, _unread.Length));
    }

    private string Take(int count)
    {
        var all = _unread.ToArray();
        _unread.SetLength(0);
        _unread.Write(all, count, all.Length - count);
        return Encoding.Latin1.GetString(all, 0, count);
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            var count = await _stream.ReadAsync(buffer, cancellationToken);
            _unread.Write(buffer, 0, count);
            return count > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>A response as read from the socket.</summary>
/// <param name="Status">From the status line.</param>
/// <param name="Headers">By name in lower case.</param>
/// <param name="Body">Without chunk framing, one character a byte.</param>
/// <param name="IsComplete">Whether the body came to its end.</param>
public sealed record RawResponse(int Status, ILookup<string, string> Headers, string Body, bool IsComplete);
