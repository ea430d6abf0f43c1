namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>Holds adapters back, and sees what becomes of them.</summary>
public sealed class OddWatch : IDisposable
{
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Closed until the tests end.</summary>
    public SemaphoreSlim Gate { get; } = new(0);

    /// <summary>Lets the adapter that waits go on.</summary>
    public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An adapter that waited was told to stop.</summary>
    public Task Cancelled => _cancelled.Task;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await GoOn.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }

    public void Dispose() => Gate.Release(1000);
}
