namespace ProxyCluster.Grains.Storage;

/// <summary>
/// The time of one activation, in Unix milliseconds: monotonic, so that a step of the wall clock neither frees a window
/// early nor holds it.
/// </summary>
internal sealed class ActivationClock(TimeProvider clock)
{
    private readonly long _startTimestamp = clock.GetTimestamp();
    private long _startMilliseconds = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Now.</summary>
    public long Now => _startMilliseconds + (long)clock.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    /// <summary>
    /// Goes on from what an earlier activation stored, where this silo's clock is behind that one's: no time has passed
    /// since, but from here on it does.
    /// </summary>
    /// <param name="latest">The latest time that is stored; 0: none is.</param>
    public void GoOnFrom(long latest) => _startMilliseconds += Math.Max(0, latest - Now);
}
