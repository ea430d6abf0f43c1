using System.Buffers;

namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>
/// Finds events in a stream of lines, one JSON value each (<c>application/x-ndjson</c>), however they are cut. Blank
/// lines are passed over. Holds one line at most; its memory is pooled. Not thread-safe.
/// </summary>
internal sealed class JsonLinesReader(int maxEventBytes) : EventReader
{
    private const int FirstBufferBytes = 8 * 1024;

    private byte[] _buffer = [];
    private int _start;    // of the first line that was not handed out
    private int _searched; // how far its end was looked for
    private int _end;      // bytes in the buffer
    private Range _data;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => default;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Data => _buffer.AsSpan(_data);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory()
    {
        _data = default;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length && !Grow())
        {
            IsTooLarge = true;
            return default;
        }

        return _buffer.AsMemory(_end);
    }

    /// <inheritdoc/>
    public override void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public override bool TryRead()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (found < 0)
            {
                _searched = _end;
                return false;
            }

            var lineEnd = _searched + found;
            var isLine = Take(lineEnd);
            _start = _searched = lineEnd + 1;
            if (isLine)
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public override bool TryReadRest()
    {
        var isLine = Take(_end);
        _start = _searched = _end;
        return isLine;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _start = _searched = _end = 0;
        _data = default;
    }

    private bool Take(int lineEnd)
    {
        var line = _buffer.AsSpan(_start, lineEnd - _start);
        var text = line.Trim(" \t\r"u8);
        var from = _start + (line.Length - line.TrimStart(" \t\r"u8).Length);
        _data = from..(from + text.Length);
        return text.Length > 0;
    }

    private bool Grow()
    {
        if (_buffer.Length >= maxEventBytes && _buffer.Length > 0)
        {
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBufferBytes, Math.Min(_buffer.Length * 2, maxEventBytes)));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
        return true;
    }
}
