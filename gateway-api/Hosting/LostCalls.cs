namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Calls of another's code that were given up and go on all the same, each on a thread: not more than a few.</summary>
/// <param name="most">How many; then nothing more is to be called until one has returned.</param>
internal sealed class LostCalls(int most)
{
    private int _count;

    /// <summary>Whether as many go on as may.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= most;

    /// <summary>A call was given up.</summary>
    /// <param name="call">Nobody waits for it any more, or looks at how it ends.</param>
    public void Add(Task call)
    {
        if (call.IsCompleted)
        {
            return;
        }

        Interlocked.Increment(ref _count);
        call.ContinueWith(
            done =>
            {
                _ = done.Exception;
                Interlocked.Decrement(ref _count);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
