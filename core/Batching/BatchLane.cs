namespace ProxyCluster.Core.Batching;

/// <summary>All requests of one key: who gathers, and what is on its way. Guarded by the batcher's lock.</summary>
internal sealed class BatchLane<TKey, TItem, TResult>(TKey key)
{
    // SPEC section 6: the mean time is a moving average of this weight.
    private const double NewShare = 0.1;

    private double _meanSeconds;

    public TKey Key => key;

    /// <summary>Calls on their way.</summary>
    public int InFlight { get; set; }

    /// <summary>Those who wait for others; <see langword="null"/>: nobody. There are only ever some while calls are on their way.</summary>
    public BatchGroup<TItem, TResult>? Gathering { get; set; }

    public void NoteCall(TimeSpan time) =>
        _meanSeconds = _meanSeconds == 0 ? time.TotalSeconds : _meanSeconds + (NewShare * (time.TotalSeconds - _meanSeconds));

    /// <summary>How long a request waits for others at most.</summary>
    public TimeSpan WindowOf(BatchLimits limits)
    {
        var share = _meanSeconds * limits.MaxWaitShare;
        return _meanSeconds == 0 || share >= limits.MaxWait.TotalSeconds ? limits.MaxWait : TimeSpan.FromSeconds(share);
    }
}
