using System.Runtime.CompilerServices;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Streaming;

/// <content>How a stream ends: well, broken off, or held back by a hook.</content>
internal sealed partial class StreamRelay
{
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(500);

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<AttemptResult> FinishAsync(Stream upstream)
    {
        if (!_committed)
        {
            return await BreakAsync(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse());
        }

        _client.Begin(_firstContent);
        await _client.EndAsync();
        await DrainAsync(upstream);
        return new AttemptResult(AttemptOutcome.Succeeded, null, false, _firstContent);
    }

    // The end of a chunked body follows its last event. Unread, it would cost the connection.
    private async ValueTask DrainAsync(Stream upstream)
    {
        try
        {
            _timer.Allow(Drain);
            for (var reads = 0; reads < 4; reads++)
            {
                var room = _events.GetMemory();
                if (room.IsEmpty || await upstream.ReadAsync(room, _timer.Token) == 0)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The client has all it asked for; only the connection is lost.
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<AttemptResult> BreakAsync(AttemptOutcome outcome, Refusal refusal)
    {
        var told = translator.Error;
        if (!_client.HasBegun && (!_committed || _filter is { HasReleased: false }))
        {
            // The client has nothing yet, also where hooks hold back what there was.
            exchange.FirstByteAt = 0;
            return told is { } error
                ? new AttemptResult(error.Outcome, error.Refusal, error.TryAnother, default) { Advised = error.RetryAfter }
                : new AttemptResult(outcome, refusal, !exchange.DeadlinePassed, default);
        }

        if (!await TellAsync(refusal))
        {
            return new AttemptResult(AttemptOutcome.Abandoned, null, false, _firstContent);
        }

        var isOfTime = outcome is AttemptOutcome.TimedOut or AttemptOutcome.Abandoned;
        return new AttemptResult(isOfTime ? outcome : AttemptOutcome.StreamBroken, null, false, _firstContent);
    }

    // The provider has done its part so far, whatever becomes of its answer.
    private async ValueTask<AttemptResult> WithholdAsync(Refusal refusal)
    {
        if (!_client.HasBegun)
        {
            return new AttemptResult(AttemptOutcome.Succeeded, refusal, false, _firstContent);
        }

        return await TellAsync(refusal)
            ? new AttemptResult(AttemptOutcome.Succeeded, null, false, _firstContent)
            : new AttemptResult(AttemptOutcome.Abandoned, null, false, _firstContent);
    }

    private Task<bool> TellAsync(Refusal refusal)
    {
        _client.Begin(_firstContent);
        return _client.TellAsync(refusal, _filter);
    }

    private Refusal RefusalOf(State state)
    {
        if (state == State.Failed && translator.Error is { } error)
        {
            return error.Refusal;
        }

        // HTML, half a JSON and nothing at all hold no event: no stream has begun that could break off.
        return _committed || (state == State.Cut && _hasEvents) ? Refusals.StreamInterrupted() : Refusals.UpstreamInvalidResponse();
    }
}
