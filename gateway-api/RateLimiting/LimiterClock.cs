namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Milliseconds of the monotonic clock: no step of the wall clock makes a lease longer.</summary>
internal sealed class LimiterClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private readonly long _perMillisecond = Math.Max(1, time.TimestampFrequency / 1000);

    /// <summary>For waits.</summary>
    public TimeProvider Time => time;

    /// <summary>Milliseconds since the process's limiter was made, rounded down.</summary>
    public long Now => (time.GetTimestamp() - _origin) / _perMillisecond;
}
