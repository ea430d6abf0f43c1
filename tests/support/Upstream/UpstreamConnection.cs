using System.IO.Pipelines;
using System.Net.Sockets;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>
/// One connection to the scripted upstream: requests one after another. The socket is read all the time, so that the
/// peer's leaving is seen in the middle of an answer.
/// </summary>
internal sealed class UpstreamConnection(Socket socket, long number, ScriptedUpstream upstream) : IDisposable
{
    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly CancellationTokenSource _peerLeft = CancellationTokenSource.CreateLinkedTokenSource(upstream.Stopping);

    private TimeSpan _idleLimit;
    private int _requests;

    public async Task RunAsync()
    {
        var filling = FillAsync();
        try
        {
            while (await ReadAsync() is { } request && await ExchangeAsync(request))
            {
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The peer left, or the upstream stops.
        }
        catch (InvalidDataException fault)
        {
            upstream.Malformed(fault.Message);
        }
        finally
        {
            socket.Dispose();
            await filling;
        }
    }

    public void Dispose()
    {
        _peerLeft.Dispose();
        socket.Dispose();
    }

    private async Task<ParsedRequest?> ReadAsync()
    {
        if (_idleLimit == TimeSpan.Zero)
        {
            return await HttpRequestReader.ReadAsync(_input.Reader, _peerLeft.Token);
        }

        using var idle = new CancellationTokenSource(_idleLimit, upstream.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _peerLeft.Token);
        return await HttpRequestReader.ReadAsync(_input.Reader, either.Token);
    }

    private async Task<bool> ExchangeAsync(ParsedRequest request)
    {
        request.TakePathScript();
        var (behaviour, recorded) = upstream.Arrived(request, number);
        var sink = new ResponseSink(socket, behaviour, _peerLeft.Token);
        try
        {
            if (behaviour.ServesOnce && _requests++ > 0)
            {
                sink.Cut();
                return false;
            }

            _idleLimit = behaviour.IdleLimit;
            var sender = new AnswerSender(sink, behaviour, upstream.Clock, _peerLeft.Token);
            if (request.Target == "/_counts")
            {
                await sender.SendAsync(upstream.Counts(), anthropic: false);
            }
            else if (behaviour.EndlessLine)
            {
                await sender.SendEndlessLineAsync();
            }
            else
            {
                await sender.SendAsync(upstream.AnswerTo(request, behaviour), ScriptedUpstream.IsAnthropic(request));
            }

            upstream.AnswerSent(request);
            recorded?.End(peerLeft: false);
            return !sink.IsCut;
        }
        finally
        {
            // Does nothing where the answer was sent.
            recorded?.End(peerLeft: !sink.IsCut);
        }
    }

    private async Task FillAsync()
    {
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(_input.Writer.GetMemory(4096), SocketFlags.None, upstream.Stopping);
                if (count == 0)
                {
                    break;
                }

                _input.Writer.Advance(count);
                await _input.Writer.FlushAsync();
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Reset by the peer, or closed by us.
        }

        await _input.Writer.CompleteAsync();
        await _peerLeft.CancelAsync();
    }
}
