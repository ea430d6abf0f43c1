namespace ProxyCluster.Core.ConnectionPools;

/// <summary>Counts the requests to one upstream host, window by window. Safe for many threads, without a lock.</summary>
public sealed class PoolWindow
{
    private long _requests;
    private long _failures;
    private double _mean = double.NaN;

    /// <summary>Moving average of the response times so far, in seconds; 0 before the first.</summary>
    public double MeanResponseSeconds => Volatile.Read(ref _mean) is var mean && double.IsNaN(mean) ? 0 : mean;

    /// <summary>A request has ended.</summary>
    /// <param name="failed">Whether by the host's fault.</param>
    /// <param name="responseSeconds">From sending to the last byte.</param>
    /// <param name="smoothing">What this response counts in the average, above 0 and at most 1.</param>
    public void Record(bool failed, double responseSeconds, double smoothing)
    {
        Interlocked.Increment(ref _requests);
        if (failed)
        {
            Interlocked.Increment(ref _failures);
        }

        var seen = Volatile.Read(ref _mean);
        while (true)
        {
            var next = double.IsNaN(seen) ? responseSeconds : seen + ((responseSeconds - seen) * smoothing);
            var found = Interlocked.CompareExchange(ref _mean, next, seen);
            if (found.Equals(seen))
            {
                return;
            }

            seen = found;
        }
    }

    /// <summary>Ends the window and begins the next.</summary>
    /// <param name="length">How long it was, above zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not above zero.</exception>
    public PoolUse Close(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);

        // Failures first: a request between the two reads counts as a success now, and its failure in the next window.
        var failures = Interlocked.Exchange(ref _failures, 0);
        var requests = Interlocked.Exchange(ref _requests, 0);
        var share = requests == 0 ? 0 : Math.Min(1, (double)failures / requests);
        return new PoolUse(requests, requests / length.TotalSeconds, share, MeanResponseSeconds);
    }
}
