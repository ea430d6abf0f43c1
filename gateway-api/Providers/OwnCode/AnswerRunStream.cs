using System.Buffers;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>The answer of an extension's adapter as a body that is read from: an event a line, as <see cref="PieceWriter"/> makes it.</summary>
internal sealed class AnswerRunStream : MadeBody
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
