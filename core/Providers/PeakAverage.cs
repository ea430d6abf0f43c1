namespace ProxyCluster.Core.Providers;

/// <summary>
/// A moving average of latencies that is sensitive to peaks: a slower answer counts at once and whole, a quicker one by
/// as much as time has passed since the one before (peak EWMA, as in Twitter's Finagle). Not thread-safe.
/// </summary>
/// <remarks>
/// Time alone does not bring it down: a provider that nobody asks is not a quick one. What keeps it fresh is
/// exploration, and where even that was silent for <see cref="OutcomeWindow.MaxAge"/>, there is no average.
/// </remarks>
public sealed class PeakAverage
{
    /// <summary>In how long a peak loses half of its weight to the quicker answers after it.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);

    private DateTimeOffset _latest;
    private double? _seconds;

    /// <summary>Takes in the latency of an answer.</summary>
    /// <param name="latency">At least 0.</param>
    /// <param name="endedAt">When it ended. One that ended shortly before the latest counts as if it had ended with it, others not at all.</param>
    public void Add(TimeSpan latency, DateTimeOffset endedAt)
    {
        if (_latest - endedAt > HalfLife)
        {
            return;
        }

        var seconds = Math.Max(0, latency.TotalSeconds);
        var passed = endedAt > _latest ? endedAt - _latest : TimeSpan.Zero;
        if (_seconds is not { } average || seconds >= average || passed > OutcomeWindow.MaxAge)
        {
            _seconds = seconds;
        }
        else
        {
            var kept = Math.Pow(2, -passed / HalfLife);
            _seconds = (average * kept) + (seconds * (1 - kept));
        }

        _latest = endedAt > _latest ? endedAt : _latest;
    }

    /// <summary>The average in seconds; <see langword="null"/>: nothing was heard for <see cref="OutcomeWindow.MaxAge"/>.</summary>
    /// <param name="now">The time.</param>
    public double? Seconds(DateTimeOffset now) => now - _latest <= OutcomeWindow.MaxAge ? _seconds : null;
}
