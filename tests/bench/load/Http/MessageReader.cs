using System.Buffers.Text;
using System.Net.Sockets;

namespace ProxyCluster.Bench.Load.Http;

/// <summary>
/// Reads HTTP/1.1 messages off a blocking socket, one at a time, into one buffer: just enough of the protocol for two
/// ends that never pipeline.
/// </summary>
internal sealed class MessageReader(Socket socket)
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _filled;
    private int _headEnd;

    /// <summary>The message's first line and headers.</summary>
    public ReadOnlySpan<byte> Head => _buffer.AsSpan(0, _headEnd);

    /// <summary>The body as it came over the wire, chunk framing included.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_headEnd, _filled - _headEnd);

    /// <summary>Reads one message to its end.</summary>
    /// <param name="onFirstBytes">Called when the body's first bytes are there.</param>
    /// <returns>Whether there was one; <see langword="false"/>: the other side closed the connection.</returns>
    public bool Read(Action? onFirstBytes = null)
    {
        _filled = 0;
        _headEnd = 0;
        while (_headEnd == 0)
        {
            if (!Receive())
            {
                return false;
            }

            var end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8);
            _headEnd = end < 0 ? 0 : end + 4;
        }

        var length = ContentLength();
        var announced = false;
        while (true)
        {
            if (!announced && _filled > _headEnd)
            {
                onFirstBytes?.Invoke();
                announced = true;
            }

            // Neither end pipelines, so a chunked message ends where the last received bytes are the last chunk.
            var complete = length >= 0 ? _filled - _headEnd >= length : Body.EndsWith("0\r\n\r\n"u8);
            if (complete)
            {
                return true;
            }

            if (!Receive())
            {
                return false;
            }
        }
    }

    private bool Receive()
    {
        if (_filled == _buffer.Length)
        {
            throw new InvalidDataException("A message is longer than the benchmark's buffer.");
        }

        var read = socket.Receive(_buffer.AsSpan(_filled), SocketFlags.None);
        _filled += read;
        return read > 0;
    }

    private int ContentLength()
    {
        const int Chunked = -1;
        var rest = Head;
        while (true)
        {
            var line = rest.IndexOf((byte)'\n');
            if (line < 0)
            {
                return Chunked;
            }

            var header = rest[..line];
            rest = rest[(line + 1)..];
            var colon = header.IndexOf((byte)':');
            if (colon == "content-length".Length && System.Text.Ascii.EqualsIgnoreCase(header[..colon], "content-length"u8)
                && Utf8Parser.TryParse(header[(colon + 1)..].TrimStart((byte)' '), out int length, out _))
            {
                return length;
            }
        }
    }
}
