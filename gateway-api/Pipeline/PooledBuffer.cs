using System.Buffers;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>A growing run of bytes whose memory is pooled. Not thread-safe.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    /// <summary>Smaller arrays stay with their owner between requests; larger ones go back to the shared pool.</summary>
    private const int KeptBytes = 16 * 1024;

    private byte[] _array = [];

    /// <summary>Bytes written.</summary>
    public int Count { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Count);

    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, Count);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - Count), nameof(count));
        Count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Count);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _array.Length - Count)
        {
            Reserve(bytes.Length);
        }

        bytes.CopyTo(_array.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>Forgets what was written after the first <paramref name="count"/> bytes.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Count = 0;

    /// <summary>Forgets what was written and gives large memory back.</summary>
    public void Release()
    {
        Count = 0;
        if (_array.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
        }
    }

    /// <summary>Leaves the memory to the garbage collector: somebody may still read it, so that nobody else may write it.</summary>
    public void Abandon()
    {
        Count = 0;
        _array = [];
    }

    private void Reserve(int sizeHint)
    {
        var needed = Count + Math.Max(sizeHint, 1);
        if (needed <= _array.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(4096, (int)Math.Min(2L * Count, Array.MaxLength))));
        _array.AsSpan(0, Count).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
