using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Puts a response on the socket the way the script wants it: chunked, split, cut, reset.</summary>
internal sealed class ResponseSink(Socket socket, Behaviour behaviour, CancellationToken stop)
{
    private bool _chunked;
    private int _bodyBytes;

    /// <summary>Whether the script has closed the connection.</summary>
    public bool IsCut { get; private set; }

    /// <param name="contentLength"><see langword="null"/>: chunked.</param>
    public ValueTask HeadAsync(string contentType, int? contentLength)
    {
        _chunked = contentLength is null;
        var head = new StringBuilder(256)
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {behaviour.Status} {Reason(behaviour.Status)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"content-type: {behaviour.ContentType ?? contentType}\r\n")
            .Append("server: scripted-upstream\r\nset-cookie: upstream=secret\r\n");
        if (behaviour.RetryAfter is { } retryAfter)
        {
            head.Append(CultureInfo.InvariantCulture, $"retry-after: {retryAfter}\r\n");
        }

        foreach (var header in behaviour.Headers)
        {
            head.Append(header).Append("\r\n");
        }

        head.Append(contentLength is { } length
            ? string.Create(CultureInfo.InvariantCulture, $"content-length: {length}\r\n\r\n")
            : "transfer-encoding: chunked\r\n\r\n");
        return SendHeadAsync(Encoding.Latin1.GetBytes(head.ToString()));
    }

    /// <summary>Sends a piece of the body, as one chunk where chunked.</summary>
    public async ValueTask BodyAsync(ReadOnlyMemory<byte> data)
    {
        if (IsCut || data.IsEmpty)
        {
            return;
        }

        var cutHere = behaviour.CutAfterBytes > 0 && _bodyBytes + data.Length >= behaviour.CutAfterBytes;
        if (cutHere)
        {
            data = data[..(behaviour.CutAfterBytes - _bodyBytes)];
        }

        _bodyBytes += data.Length;
        if (behaviour.SplitBytes == 0)
        {
            await PieceAsync(data);
        }
        else
        {
            for (var at = 0; at < data.Length; at += behaviour.SplitBytes)
            {
                if (behaviour.BeforePiece is { } hold)
                {
                    await hold((at / behaviour.SplitBytes) + 1, stop).WaitAsync(stop);
                }

                await PieceAsync(data.Slice(at, Math.Min(behaviour.SplitBytes, data.Length - at)));
            }
        }

        if (cutHere)
        {
            Cut();
        }
    }

    public ValueTask EndAsync() => _chunked && !IsCut ? SendAsync("0\r\n\r\n"u8.ToArray()) : ValueTask.CompletedTask;

    public void Cut()
    {
        IsCut = true;
        if (behaviour.Reset)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            return;
        }

        socket.Shutdown(SocketShutdown.Both);
        socket.Close();
    }

    private async ValueTask SendHeadAsync(byte[] head)
    {
        if (behaviour.CutAfterHeadBytes == 0)
        {
            await SendAsync(head);
            return;
        }

        await SendAsync(head.AsMemory(0, behaviour.CutAfterHeadBytes));
        Cut();
    }

    private ValueTask PieceAsync(ReadOnlyMemory<byte> data)
    {
        if (!_chunked)
        {
            return SendAsync(data);
        }

        var size = Encoding.ASCII.GetBytes(data.Length.ToString("x", CultureInfo.InvariantCulture));
        var chunk = new byte[size.Length + data.Length + 4];
        size.CopyTo(chunk, 0);
        "\r\n"u8.CopyTo(chunk.AsSpan(size.Length));
        data.Span.CopyTo(chunk.AsSpan(size.Length + 2));
        "\r\n"u8.CopyTo(chunk.AsSpan(chunk.Length - 2));
        return SendAsync(chunk);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            data = data[await socket.SendAsync(data, SocketFlags.None, stop)..];
        }
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        401 => "Unauthorized",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Scripted",
    };
}
