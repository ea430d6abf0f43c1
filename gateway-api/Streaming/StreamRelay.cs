using System.Runtime.CompilerServices;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>
/// Carries one stream from a provider to a client. Nothing is sent before the first content: until then another
/// provider can take over. From then on whatever breaks is told to the client, and never looks like an end.
/// </summary>
/// <remarks>All events that came in one piece go out in one piece: writes and wake-ups cost more than reading.</remarks>
internal sealed partial class StreamRelay(
    Exchange exchange, StreamTranslator translator, EventReader events, ProviderTimeouts timeouts, RelayLimits limits) : IDisposable
{
    // A stream that does not say which model answers must not be read for it to its end.
    private const int MostModelLooks = 3;

    private readonly EventReader _events = events;
    private readonly StreamingClient _client = new(exchange, translator);
    private readonly PooledBuffer _output = exchange.Scratch.Output;
    private readonly AttemptTimer _timer = exchange.Scratch.Timer;
    private readonly StreamFilter? _filter = exchange.Hooks?.CreateFilter();
    private bool _committed;
    private bool _heard = true;
    private bool _hasEvents;
    private int _modelLooks;
    private TimeSpan _firstContent;
    private int _filtered;
    private Refusal? _withheld;

    private enum State
    {
        More,
        Ended,
        Failed,
        Malformed,
        Cut,

        /// <summary>A hook lets nothing more through.</summary>
        Withheld,

        /// <summary>Another provider's attempt has begun to answer.</summary>
        Beaten,
    }

    /// <summary>Relays until either side ends.</summary>
    /// <param name="upstream">The provider's body.</param>
    /// <param name="sentAt">When the request was sent, for the time to the first token.</param>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<AttemptResult> RunAsync(Stream upstream, long sentAt)
    {
        _output.Clear();
        try
        {
            var state = await RelayAsync(upstream, sentAt);
            return state switch
            {
                State.Ended => await FinishAsync(upstream),
                State.Withheld => await WithholdAsync(_withheld!),
                State.Beaten => new AttemptResult(AttemptOutcome.Abandoned, null, false, _firstContent),
                _ => await BreakAsync(AttemptOutcome.InvalidAnswer, RefusalOf(state)),
            };
        }
        catch (OperationCanceledException) when (exchange.ClientLeft || _client.IsWriting)
        {
            // A client that takes nothing for so long has left, whether its connection knows it or not.
            exchange.AbortUnlessBeaten();
            return new AttemptResult(AttemptOutcome.Abandoned, null, false, _firstContent);
        }
        catch (OperationCanceledException)
        {
            return exchange.DeadlinePassed
                ? await BreakAsync(AttemptOutcome.Abandoned, Refusals.RequestTimeout())
                : await BreakAsync(AttemptOutcome.TimedOut, Refusals.UpstreamTimeout());
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return exchange.ClientLeft
                ? new AttemptResult(AttemptOutcome.Abandoned, null, false, _firstContent)
                : await BreakAsync(AttemptOutcome.InvalidAnswer, RefusalOf(State.Cut));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _events.Dispose();

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<State> RelayAsync(Stream upstream, long sentAt)
    {
        while (true)
        {
            var room = _events.GetMemory();
            if (room.IsEmpty)
            {
                return State.Malformed;
            }

            var count = await ReadAsync(upstream, room);
            _events.Advance(count);
            var state = count > 0 ? TranslateAll() : TranslateRest();
            NoteFirstContent(sentAt);
            if (_committed && !_client.HasBegun && exchange.Side is { } side && !side.TryWin())
            {
                return State.Beaten;
            }

            if (_filter is not null && _committed && !await FilterAsync(_filter, state))
            {
                return State.Withheld;
            }

            if (state != State.More)
            {
                return state;
            }

            if (_committed && _output.Count > 0 && MaySend)
            {
                _client.Begin(_firstContent);
                await _client.SendAsync();
                _heard = true;
                _filtered = 0;
            }
        }
    }

    // While nothing of an answer has been let through, it can still be refused as a whole.
    private bool MaySend => _filter is null || _client.HasBegun || _filter.HasReleased || _output.Count > limits.MaxEventBytes;

    private async ValueTask<bool> FilterAsync(StreamFilter filter, State state)
    {
        // Hooks keep their own time, and the provider waits meanwhile through no fault of its own.
        _timer.AllowUncut(Timeout.InfiniteTimeSpan);
        _withheld = await filter.FilterAsync(_output, _filtered, isEnd: state == State.Ended);
        _filtered = _output.Count;
        _heard = true;
        return _withheld is null;
    }

    // Comments and half events do not reset the limit: a provider that only pings is silent.
    private ValueTask<int> ReadAsync(Stream upstream, Memory<byte> room)
    {
        if (_committed && _heard)
        {
            _timer.Allow(timeouts.Idle);
            _heard = false;
        }

        var read = upstream.ReadAsync(room, _timer.Token);
        return read.IsCompleted || limits.PingEvery == TimeSpan.Zero || !_client.HasBegun ? read : PingWhileAsync(read.AsTask());
    }

    private async ValueTask<int> PingWhileAsync(Task<int> read)
    {
        while (true)
        {
            using var over = new CancellationTokenSource();
            var pause = Task.Delay(limits.PingEvery, exchange.Clock, over.Token);
            if (await Task.WhenAny(read, pause) == read)
            {
                await over.CancelAsync();
                return await read;
            }

            try
            {
                await _client.PingAsync();
            }
            catch
            {
                // What ended the write ends the read too; until then that may fill a buffer that is another stream's by now.
                await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    private State TranslateAll()
    {
        while (_events.TryRead())
        {
            var state = TranslateOne();
            if (state != State.More)
            {
                return state;
            }
        }

        return State.More;
    }

    private State TranslateRest()
    {
        var state = _events.TryReadRest() ? TranslateOne() : State.More;
        return state switch
        {
            State.More => translator.Complete(_output) ? State.Ended : State.Cut,
            State.Malformed => State.Cut,
            _ => state,
        };
    }

    private State TranslateOne()
    {
        if (_events.Data.IsEmpty)
        {
            return State.More;
        }

        if (_modelLooks < MostModelLooks && exchange.AttemptSpan is { } span)
        {
            _modelLooks = GatewayTracing.Answered(span, _events.Data) ? MostModelLooks : _modelLooks + 1;
        }

        var before = _output.Count;
        var signal = translator.Translate(_events.Name, _events.Data, _output);
        _heard = _hasEvents = true;
        switch (signal)
        {
            case StreamSignal.Content:
                exchange.Streamed.Add(_events.Data.Length);
                exchange.Reservation?.Grow(exchange.Streamed.Tokens);
                _committed = true;
                return State.More;
            case StreamSignal.End:
                return State.Ended;
            case StreamSignal.Failed:
                return State.Failed;
            case StreamSignal.Malformed:
                _output.Truncate(before);
                return State.Malformed;
            default:
                // What is held back for a client is bounded too.
                return !_committed && _output.Count > limits.MaxEventBytes ? State.Malformed : State.More;
        }
    }

    private void NoteFirstContent(long sentAt)
    {
        if (_committed && _firstContent == TimeSpan.Zero)
        {
            exchange.FirstByteAt = exchange.Clock.GetTimestamp();
            _firstContent = exchange.Clock.GetElapsedTime(sentAt, exchange.FirstByteAt);
            GatewayTracing.FirstContent(exchange.AttemptSpan);
        }
    }
}
