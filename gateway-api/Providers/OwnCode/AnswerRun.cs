using System.Threading.Channels;
using ProxyCluster.Extensions;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>
/// One answer of an extension's adapter, under way on threads of its own. It is let ahead of its reader by a few pieces;
/// disposing of it tells it to stop, and does not wait until it does.
/// </summary>
internal sealed class AnswerRun : IDisposable
{
    private const int MostPiecesAhead = 16;

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<AnswerPiece> _pieces =
        Channel.CreateBounded<AnswerPiece>(new BoundedChannelOptions(MostPiecesAhead) { SingleReader = true, SingleWriter = true });

    public AnswerRun(ChatAdapter adapter, ChatRequest request) => _ = Task.Run(() => PumpAsync(adapter, request, _stop.Token));

    /// <summary>The pieces. Ends with the exception that the adapter ended with.</summary>
    public ChannelReader<AnswerPiece> Pieces => _pieces.Reader;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Not here and now: what the adapter has registered with its token would run on the caller's thread. The source has
        // no timer, so that there is nothing to dispose of.
        _ = _stop.CancelAsync();
    }

    private async Task PumpAsync(ChatAdapter adapter, ChatRequest request, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            await foreach (var piece in adapter.AnswerAsync(request, stop))
            {
                await _pieces.Writer.WriteAsync(piece, stop);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        _pieces.Writer.TryComplete(failure);
    }
}
