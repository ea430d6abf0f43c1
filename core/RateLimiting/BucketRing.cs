namespace ProxyCluster.Core.RateLimiting;

/// <summary>Counts events of the last 60 s in a few bytes. It may count one up to 5 s too long, never too short.</summary>
/// <remarks>Times are milliseconds of one clock that does not run backwards. Not thread-safe.</remarks>
public sealed class BucketRing
{
    private const int WindowMilliseconds = 60_000;
    private const int BucketMilliseconds = 5_000;

    // The bucket that fills now, and as many whole ones as a window has.
    private const int Buckets = (WindowMilliseconds / BucketMilliseconds) + 1;

    private readonly int[] _counts = new int[Buckets];
    private long _newest = long.MinValue;

    /// <summary>Events that count.</summary>
    public int Used { get; private set; }

    /// <summary>Counts an event, if it fits.</summary>
    /// <param name="limit">How many there may be.</param>
    /// <param name="now">Milliseconds.</param>
    public bool TryAdd(int limit, long now)
    {
        Advance(now);
        if (Used >= limit)
        {
            return false;
        }

        _counts[(int)(_newest % Buckets)]++;
        Used++;
        return true;
    }

    /// <summary>Whether no more fits.</summary>
    /// <param name="limit">How many there may be.</param>
    /// <param name="now">Milliseconds.</param>
    public bool IsFull(int limit, long now)
    {
        Advance(now);
        return Used >= limit;
    }

    /// <summary>How long until the oldest events are out; zero: there are none.</summary>
    /// <param name="now">Milliseconds.</param>
    public TimeSpan FreeIn(long now)
    {
        Advance(now);
        for (var bucket = Math.Max(0, _newest - Buckets + 1); bucket <= _newest; bucket++)
        {
            if (_counts[(int)(bucket % Buckets)] > 0)
            {
                return TimeSpan.FromMilliseconds(((bucket + Buckets) * BucketMilliseconds) - now);
            }
        }

        return TimeSpan.Zero;
    }

    private void Advance(long now)
    {
        var bucket = Math.Max(0, now / BucketMilliseconds);
        if (_newest == long.MinValue)
        {
            _newest = bucket;
        }

        for (var steps = Math.Min(bucket - _newest, Buckets); steps > 0; steps--)
        {
            var emptied = (int)((bucket - steps + 1) % Buckets);
            Used -= _counts[emptied];
            _counts[emptied] = 0;
        }

        _newest = Math.Max(_newest, bucket);
    }
}
