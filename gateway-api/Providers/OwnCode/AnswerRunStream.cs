using System.Buffers;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>The answer of an extension's adapter as a body that is read from: an event a line, as <see cref="PieceWriter"/> makes it.</summary>
internal sealed class AnswerRunStream : Stream
{
    private const int EnoughBytes = 4096;

    private readonly AnswerRun _run;
    private readonly string _provider;
    private readonly ILogger _logger;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly PieceWriter _writer;
    private int _read;
    private bool _ended;

    /// <param name="run">Disposed of with this.</param>
    /// <param name="provider">The provider's name, for the log.</param>
    /// <param name="logger">Told of failures.</param>
    public AnswerRunStream(AnswerRun run, string provider, ILogger logger)
    {
        _run = run;
        _provider = provider;
        _logger = logger;
        _writer = new PieceWriter(_buffer);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_read == _buffer.WrittenCount && !_ended)
        {
            await FillAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _buffer.WrittenCount - _read);
        _buffer.WrittenMemory.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _run.Dispose();
            _writer.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.ResetWrittenCount();
        _read = 0;
        try
        {
            _ended = !await _run.Pieces.WaitToReadAsync(cancellationToken);
            while (_buffer.WrittenCount < EnoughBytes && _run.Pieces.TryRead(out var piece))
            {
                _writer.Write(piece);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _ended = true;
            _writer.WriteError(OwnCodeFailure.Of(exception, _provider, _logger));
        }
    }
}
