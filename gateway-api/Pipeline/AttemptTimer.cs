namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// The one token of an attempt: cancelled when the client leaves, when the current stage takes too long, or when all the
/// time is used up. Reused by many requests, one after the other.
/// </summary>
internal sealed class AttemptTimer(TimeProvider clock) : IDisposable
{
    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, clock);
    private CancellationTokenRegistration _client;
    private long _end;

    public CancellationToken Token => _source.Token;

    /// <summary>Begins an attempt.</summary>
    /// <param name="total">The most that all stages together may take.</param>
    /// <param name="clientLeft">The request's own token.</param>
    public void Begin(TimeSpan total, CancellationToken clientLeft)
    {
        _end = clock.GetTimestamp() + (long)(total.TotalSeconds * clock.TimestampFrequency);
        _client = clientLeft.UnsafeRegister(static timer => ((AttemptTimer)timer!)._source.Cancel(), this);
    }

    /// <summary>Begins a stage: it may take this long, or what is left of the whole.</summary>
    public void Allow(TimeSpan stage)
    {
        var left = clock.GetElapsedTime(clock.GetTimestamp(), _end);
        var limit = left < stage ? left : stage;
        _source.CancelAfter(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);
    }

    /// <summary>
    /// Begins a stage that the whole does not cut: a write to the client. Cancelling one would reset the client's
    /// connection, and it would never hear why.
    /// </summary>
    public void AllowUncut(TimeSpan stage) => _source.CancelAfter(stage);

    /// <summary>Ends the attempt; the token of the next one is not cancelled.</summary>
    public void End()
    {
        _client.Dispose();
        _client = default;
        if (!_source.TryReset())
        {
            _source.Dispose();
            _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _source.Dispose();
    }
}
