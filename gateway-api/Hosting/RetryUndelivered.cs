using Orleans.Runtime.Messaging;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Sends a grain call again that never reached its grain, until the cluster has found a new place for it. A time-out is
/// not repeated: the call may have run.
/// </summary>
internal sealed class RetryUndelivered(TimeProvider clock) : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(4);

    // The pauses need no seed: nothing is decided by them.
    private readonly Random _jitter = new();

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (Exception exception) when (IsUndelivered(exception) && clock.GetElapsedTime(started) < LongestRetry)
            {
            }

            await Task.Delay(Pause(), clock);
        }
    }

    private static bool IsUndelivered(Exception exception) =>
        exception is OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException;

    private TimeSpan Pause()
    {
        lock (_jitter)
        {
            return TimeSpan.FromMilliseconds(_jitter.Next(50, 501));
        }
    }
}
