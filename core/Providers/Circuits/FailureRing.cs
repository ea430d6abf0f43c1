namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>Calls and failures of the last seconds, a bucket a second, by when they ended and in whatever order they are told.</summary>
internal sealed class FailureRing(int seconds)
{
    private readonly Bucket[] _buckets = new Bucket[seconds];

    /// <summary>Takes in one call. What ended before the window is passed over; what seems to end in the future ended now.</summary>
    public void Add(bool failed, DateTimeOffset endedAt, DateTimeOffset now)
    {
        var latest = now.ToUnixTimeSeconds();
        var second = Math.Min(endedAt.ToUnixTimeSeconds(), latest);
        if (second <= latest - seconds)
        {
            return;
        }

        ref var bucket = ref _buckets[(int)(second % seconds)];
        if (bucket.Second != second)
        {
            bucket = new Bucket { Second = second };
        }

        bucket.Calls++;
        bucket.Failures += failed ? 1 : 0;
    }

    /// <summary>What the window holds.</summary>
    public (int Calls, int Failures) Sum(DateTimeOffset now)
    {
        var oldest = now.ToUnixTimeSeconds() - seconds;
        int calls = 0, failures = 0;
        foreach (ref readonly var bucket in _buckets.AsSpan())
        {
            if (bucket.Second > oldest)
            {
                calls += bucket.Calls;
                failures += bucket.Failures;
            }
        }

        return (calls, failures);
    }

    public void Clear() => Array.Clear(_buckets);

    private struct Bucket
    {
        public long Second;
        public int Calls;
        public int Failures;
    }
}
