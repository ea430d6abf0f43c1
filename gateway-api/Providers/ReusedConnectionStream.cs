using System.Runtime.CompilerServices;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// One HTTP/1.1 connection to a provider, which tells the death of a kept-open connection apart from a provider that
/// breaks off: a server may close an idle connection at any moment, also while the next request is on its way to it.
/// The pool sends a request with a body only once, so that such a request would fail for no fault of anybody.
/// </summary>
/// <remarks>Who may be sent again, and why: RFC 9110, section 9.2.2, and RFC 9112, section 9.3.1.</remarks>
/// <param name="connection">The connection.</param>
/// <param name="hasWaited">Whether it was opened ahead: the server may have closed it meanwhile, as one that has served.</param>
internal sealed class ReusedConnectionStream(Stream connection, bool hasWaited = false) : Stream
{
    // A read may be under way while the request is written, on another thread.
    private volatile bool _hasServed = hasWaited;
    private volatile bool _isReused;
    private volatile bool _isWaiting;
    private volatile bool _hasEnded;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // Of the request that was written last, nothing has been answered.
    private bool IsStale => _isWaiting && _isReused;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = connection.ReadAsync(buffer, cancellationToken);

        // Without room it only asks whether there is something to read.
        return buffer.IsEmpty ? read : NoteReadAsync(read);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isWaiting)
        {
            _isReused = _hasServed;
            _isWaiting = true;
        }

        if (_hasEnded && _isReused)
        {
            throw new StaleConnectionException(null);
        }

        var write = connection.WriteAsync(buffer, cancellationToken);
        return write.IsCompletedSuccessfully ? write : NoteWriteAsync(write);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => connection.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Connections to providers are read asynchronously.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Connections to providers are written asynchronously.");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> NoteReadAsync(ValueTask<int> read)
    {
        int count;
        try
        {
            count = await read;
        }
        catch (IOException e) when (IsStale)
        {
            throw new StaleConnectionException(e);
        }

        if (count > 0)
        {
            _isWaiting = false;
            _hasServed = true;
            return count;
        }

        _hasEnded = true;
        return IsStale ? throw new StaleConnectionException(null) : 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask NoteWriteAsync(ValueTask write)
    {
        try
        {
            await write;
        }
        catch (IOException e) when (IsStale)
        {
            throw new StaleConnectionException(e);
        }
    }
}
