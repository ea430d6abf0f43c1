using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Finds messages of <c>application/vnd.amazon.eventstream</c> in a stream of bytes, however they are cut. Both checksums
/// are checked; a message is handed out where it stands in the buffer, which holds one at most and is pooled.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// A message: length (4 bytes, big-endian), length of its headers (4), CRC-32 of these (4), headers, payload, CRC-32 of
/// all before it (4). After a byte that is wrong nothing tells where the next message begins: the stream is given up.
/// An exception's name begins with <see cref="ExceptionMark"/>, and its data is never empty.
/// </remarks>
internal sealed class AmazonEventReader(int maxEventBytes) : EventReader
{
    private const int PreludeBytes = 12;
    private const int ChecksumBytes = 4;
    private const int FirstBufferBytes = 8 * 1024;

    // The bound that the format itself has.
    private const int MostHeaderBytes = 128 * 1024;

    private static readonly byte[] NoData = "{}"u8.ToArray();

    private byte[] _buffer = [];
    private int _start;        // where the current message begins
    private int _end;          // bytes in the buffer
    private int _length;       // of the current message; 0: not known yet
    private int _headerLength;
    private bool _isHandedOut; // the current message is what Name and Data show
    private byte[]? _exception;
    private Range _name;
    private Range _payload;

    /// <summary>What stands before an exception's name.</summary>
    public static ReadOnlySpan<byte> ExceptionMark => "exception:"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => _exception ?? Headers[_name];

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Data
    {
        get
        {
            var data = _buffer.AsSpan(_payload);
            return data.IsEmpty && _exception is not null ? NoData : data;
        }
    }

    private ReadOnlySpan<byte> Headers => _isHandedOut ? _buffer.AsSpan(_start + PreludeBytes, _headerLength) : default;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory()
    {
        if (IsTooLarge)
        {
            return default;
        }

        Forget();
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // A full buffer holds the message's length.
            Resize(Math.Max(_length, FirstBufferBytes));
        }

        return _buffer.AsMemory(_end);
    }

    /// <inheritdoc/>
    public override void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public override bool TryRead()
    {
        Forget();
        if (IsTooLarge || (_length == 0 && !TryReadPrelude()) || _end - _start < _length)
        {
            return false;
        }

        if (!TryOpen())
        {
            IsTooLarge = true;
            return false;
        }

        return true;
    }

    /// <summary>The stream has ended: half a message is none.</summary>
    public override bool TryReadRest() => false;

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        _start = _end = _length = 0;
        _isHandedOut = false;
        _payload = _name = default;
    }

    private void Forget()
    {
        if (_isHandedOut)
        {
            _start += _length;
            _length = 0;
            _isHandedOut = false;
            _exception = null;
            _payload = _name = default;
        }
    }

    private bool TryReadPrelude()
    {
        if (_end - _start < PreludeBytes)
        {
            return false;
        }

        var prelude = _buffer.AsSpan(_start, PreludeBytes);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        var headerLength = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        var isSound = length >= PreludeBytes + ChecksumBytes
            && length <= maxEventBytes
            && headerLength <= Math.Min(length - PreludeBytes - ChecksumBytes, MostHeaderBytes)
            && Crc32.HashToUInt32(prelude[..8]) == BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]);
        IsTooLarge = !isSound;
        _length = isSound ? (int)length : 0;
        _headerLength = (int)headerLength;
        return isSound;
    }

    private bool TryOpen()
    {
        var message = _buffer.AsSpan(_start, _length);
        var headers = message.Slice(PreludeBytes, _headerLength);
        if (Crc32.HashToUInt32(message[..^ChecksumBytes]) != BinaryPrimitives.ReadUInt32BigEndian(message[^ChecksumBytes..])
            || !AmazonEventHeaders.TryRead(headers, out var read))
        {
            return false;
        }

        _isHandedOut = true;
        _name = read.Name;
        _payload = (_start + PreludeBytes + _headerLength)..(_start + _length - ChecksumBytes);
        _exception = read.IsException ? [.. ExceptionMark, .. headers[read.Name]] : null;
        return true;
    }

    private void Resize(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
