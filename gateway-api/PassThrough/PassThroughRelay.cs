using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.PassThrough;

/// <summary>
/// Carries an answer that nobody reads from a provider to a client, as it comes: JSON, sound, or a stream of events. What
/// it says of its tokens is noted as it goes by.
/// Until its first byte another provider can take over; what breaks later cuts the client's connection, since nothing
/// can be said in a body of unknown form, and so never looks like an end.
/// </summary>
internal sealed class PassThroughRelay(Exchange exchange, ProviderTimeouts timeouts)
{
    private const int PieceBytes = 16 * 1024;

    private static readonly TimeSpan WriteStall = TimeSpan.FromSeconds(30);

    private readonly PooledBuffer _piece = exchange.Scratch.Answer;
    private readonly AttemptTimer _timer = exchange.Scratch.Timer;
    private PassedUsage? _usage;
    private TimeSpan _firstByte;

    /// <summary>Relays until either side ends.</summary>
    /// <param name="content">The provider's answer with status 200.</param>
    /// <param name="upstream">Its body.</param>
    /// <param name="sentAt">When the request was sent.</param>
    /// <exception cref="OperationCanceledException">The client left or time was up, before the first byte.</exception>
    /// <exception cref="IOException">The provider's connection broke before the first byte.</exception>
    public async ValueTask<AttemptResult> RunAsync(HttpContent content, Stream upstream, long sentAt)
    {
        // A page for people, of whoever stands between the provider and us.
        if (content.Headers.ContentType?.MediaType is "text/html")
        {
            return Invalid(sentAt);
        }

        var count = await ReadAsync(upstream);
        if (count == 0)
        {
            return Invalid(sentAt);
        }

        exchange.FirstByteAt = exchange.Clock.GetTimestamp();
        _firstByte = exchange.Clock.GetElapsedTime(sentAt, exchange.FirstByteAt);
        exchange.Upstream += _firstByte;
        ResponseHeaders.WritePassedOn(exchange, content.Headers);
        _usage = content.Headers.ContentType?.MediaType is "application/json" or "text/event-stream" ? new PassedUsage() : null;
        try
        {
            await CopyAsync(upstream);
            return new AttemptResult(AttemptOutcome.Succeeded, null, false, _firstByte);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            var outcome = exchange.ClientLeft || exchange.DeadlinePassed ? AttemptOutcome.Abandoned : AttemptOutcome.StreamBroken;
            exchange.Context.Abort();
            return new AttemptResult(outcome, null, false, _firstByte);
        }
        finally
        {
            exchange.Usage = _usage?.Found;
        }
    }

    private async ValueTask CopyAsync(Stream upstream)
    {
        do
        {
            _usage?.Read(_piece.WrittenSpan);
            _timer.AllowUncut(WriteStall);
            await exchange.Context.Response.Body.WriteAsync(_piece.WrittenMemory, _timer.Token);
            _timer.Allow(timeouts.Idle);
        }
        while (await ReadAsync(upstream) > 0);
    }

    private async ValueTask<int> ReadAsync(Stream upstream)
    {
        _piece.Clear();
        var count = await upstream.ReadAsync(_piece.GetMemory(PieceBytes), _timer.Token);
        _piece.Advance(count);
        return count;
    }

    private AttemptResult Invalid(long sentAt) =>
        AttemptResult.Failed(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), exchange.Clock.GetElapsedTime(sentAt));
}
