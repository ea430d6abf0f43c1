using System.Buffers;

namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>
/// Finds server-sent events in a stream of bytes, however they are cut and whatever ends their lines. Holds one event
/// at most; its memory is pooled. Not thread-safe.
/// </summary>
/// <remarks>
/// The usual event, one <c>data</c> line, is handed out where it stands in the buffer; only several lines are joined.
/// </remarks>
internal sealed class SseReader(int maxEventBytes) : EventReader
{
    private const int FirstBufferBytes = 8 * 1024;

    private byte[] _buffer = [];
    private int _end;        // bytes in the buffer
    private int _kept;       // the first byte still needed
    private int _line;       // where the current line begins
    private int _searched;   // how far the current line's end was looked for
    private bool _began;     // a byte order mark can no longer come
    private bool _skipLineFeed;

    private bool _isPending; // the event below is still arriving
    private bool _hasData;
    private bool _isJoined;
    private int _dataStart;
    private int _dataEnd;
    private int _nameStart;
    private int _nameEnd;
    private byte[] _joined = [];
    private int _joinedCount;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => _buffer.AsSpan(_nameStart, _nameEnd - _nameStart);

    /// <summary>The <c>data</c> lines of the event that was found, joined by line feeds. Valid until the next call.</summary>
    public override ReadOnlySpan<byte> Data => _isJoined ? _joined.AsSpan(0, _joinedCount) : _buffer.AsSpan(_dataStart, _dataEnd - _dataStart);

    /// <inheritdoc/>
    public override Memory<byte> GetMemory()
    {
        if (_kept > 0)
        {
            Compact();
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
        ForgetEvent();
        if (!_began && !SkipMark())
        {
            return false;
        }

        while (TryReadLine(out var start, out var end))
        {
            if (start == end)
            {
                _kept = _line;
                if (_hasData)
                {
                    return true;
                }

                _nameStart = _nameEnd = 0;
                continue;
            }

            ReadField(start, end);
            if (!_hasData && _nameEnd == _nameStart)
            {
                // What stands before an event does not count to its size.
                _kept = _line;
            }
        }

        _isPending = true;
        return false;
    }

    /// <summary>The stream has ended: what stands there without its empty line is the last event.</summary>
    /// <returns><see langword="true"/> when <see cref="Data"/> holds one.</returns>
    public override bool TryReadRest()
    {
        if (_line < _end)
        {
            var start = _line;
            _line = _searched = _end;
            ReadField(start, _end);
        }

        var found = _hasData;
        _isPending = false;
        return found;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Return(ref _buffer);
        Return(ref _joined);
        _end = _kept = _line = _searched = 0;
        _isPending = false;
        ForgetEvent();
    }

    private static void Return(ref byte[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
            array = [];
        }
    }

    private void ForgetEvent()
    {
        // An event that is still arriving is not forgotten.
        if (_isPending)
        {
            _isPending = false;
            return;
        }

        _hasData = _isJoined = false;
        _dataStart = _dataEnd = _nameStart = _nameEnd = _joinedCount = 0;
    }

    private bool SkipMark()
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var begin = _buffer.AsSpan(0, _end);
        if (begin.Length < mark.Length && mark.StartsWith(begin))
        {
            return false;
        }

        _began = true;
        if (begin.StartsWith(mark))
        {
            _kept = _line = _searched = mark.Length;
        }

        return true;
    }

    private bool TryReadLine(out int start, out int end)
    {
        if (_skipLineFeed && _line < _end)
        {
            _skipLineFeed = false;
            if (_buffer[_line] == '\n')
            {
                _line++;
                _searched = Math.Max(_searched, _line);
            }
        }

        start = _line;
        var found = _buffer.AsSpan(_searched, _end - _searched).IndexOfAny((byte)'\n', (byte)'\r');
        if (found < 0)
        {
            end = 0;
            _searched = _end;
            return false;
        }

        end = _searched + found;
        // A carriage return ends the line at once: whether a line feed follows may be known only with the next packet.
        _skipLineFeed = _buffer[end] == '\r';
        _line = _searched = end + 1;
        return true;
    }

    private void ReadField(int start, int end)
    {
        var line = _buffer.AsSpan(start, end - start);
        if (line.StartsWith("data"u8) && (line.Length == 4 || line[4] == ':'))
        {
            AddData(ValueStart(start, end, 4), end);
        }
        else if (line.StartsWith("event"u8) && (line.Length == 5 || line[5] == ':'))
        {
            _nameStart = ValueStart(start, end, 5);
            _nameEnd = end;
        }
    }

    private int ValueStart(int start, int end, int nameLength)
    {
        var value = Math.Min(start + nameLength + 1, end);
        return value < end && _buffer[value] == ' ' ? value + 1 : value;
    }

    private void AddData(int start, int end)
    {
        if (!_hasData)
        {
            _hasData = true;
            _dataStart = start;
            _dataEnd = end;
            return;
        }

        if (!_isJoined)
        {
            _isJoined = true;
            Join(_dataStart, _dataEnd);
        }

        EnsureJoined(1);
        _joined[_joinedCount++] = (byte)'\n';
        Join(start, end);
    }

    private void Join(int start, int end)
    {
        EnsureJoined(end - start);
        _buffer.AsSpan(start, end - start).CopyTo(_joined.AsSpan(_joinedCount));
        _joinedCount += end - start;
    }

    private void EnsureJoined(int more)
    {
        if (_joinedCount + more > _joined.Length)
        {
            Resize(ref _joined, Math.Max(_joinedCount + more, FirstBufferBytes), _joinedCount);
        }
    }

    private void Compact()
    {
        _buffer.AsSpan(_kept, _end - _kept).CopyTo(_buffer);
        _end -= _kept;
        _line -= _kept;
        _searched -= _kept;
        if (_hasData && !_isJoined)
        {
            _dataStart -= _kept;
            _dataEnd -= _kept;
        }

        if (_nameEnd > _nameStart)
        {
            _nameStart -= _kept;
            _nameEnd -= _kept;
        }

        _kept = 0;
    }

    private bool Grow()
    {
        if (_buffer.Length >= maxEventBytes && _buffer.Length > 0)
        {
            return false;
        }

        Resize(ref _buffer, Math.Max(FirstBufferBytes, Math.Min(_buffer.Length * 2, maxEventBytes)), _end);
        return true;
    }

    private static void Resize(ref byte[] array, int bytes, int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        array.AsSpan(0, used).CopyTo(larger);
        Return(ref array);
        array = larger;
    }
}
