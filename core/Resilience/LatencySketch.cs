namespace ProxyCluster.Core.Resilience;

/// <summary>Remembers how long a provider lately took for a model, in 64 counts, for quantiles that are right to a fifth.</summary>
/// <remarks>Each count is of a stretch of time a fifth longer than the one before, from 1 ms to about 90 s. All halve when there are 512: the old fades. Safe for many threads.</remarks>
public sealed class LatencySketch
{
    /// <summary>Fewer tell nothing of the slowest twentieth.</summary>
    public const int LeastSamples = 20;

    private const int Buckets = 64;
    private const int MostSamples = 512;
    private const double Growth = 1.2;

    private readonly Lock _gate = new();
    private readonly int[] _counts = new int[Buckets];
    private int _total;

    /// <summary>Takes in one time.</summary>
    /// <param name="latency">To the first token of a stream, else to the last byte.</param>
    public void Add(TimeSpan latency)
    {
        lock (_gate)
        {
            _counts[BucketOf(latency)]++;
            if (++_total >= MostSamples)
            {
                Halve();
            }
        }
    }

    /// <summary>The time that this share of requests took at most.</summary>
    /// <param name="share">Above 0, below 1; 0.95: all but the slowest twentieth.</param>
    /// <returns><see langword="null"/>: too little is known.</returns>
    public TimeSpan? Quantile(double share)
    {
        lock (_gate)
        {
            if (_total < LeastSamples)
            {
                return null;
            }

            var wanted = share * _total;
            var seen = 0;
            var bucket = -1;
            while (seen < wanted && bucket < Buckets - 1)
            {
                seen += _counts[++bucket];
            }

            return TimeSpan.FromMilliseconds(Math.Pow(Growth, bucket));
        }
    }

    // Bucket n holds what took longer than Growth^(n-1) ms and at most Growth^n ms.
    private static int BucketOf(TimeSpan latency) =>
        (int)Math.Clamp(Math.Ceiling(Math.Log(Math.Max(1, latency.TotalMilliseconds), Growth)), 0, Buckets - 1);

    private void Halve()
    {
        _total = 0;
        for (var i = 0; i < Buckets; i++)
        {
            _counts[i] /= 2;
            _total += _counts[i];
        }
    }
}
