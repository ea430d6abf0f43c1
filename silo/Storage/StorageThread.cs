using System.Collections.Concurrent;

namespace ProxyCluster.Silo.Storage;

/// <summary>
/// One thread that talks to SQLite. Its asynchronous methods block, and a blocked thread of the pool is one that
/// requests wait for; SQLite takes one writer at a time anyway.
/// </summary>
internal sealed class StorageThread : IDisposable
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly Thread _thread;

    public StorageThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "storage" };
        _thread.Start();
    }

    /// <summary>Runs an operation on the thread.</summary>
    public Task RunAsync(Func<Task> operation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() =>
        {
            try
            {
                operation().GetAwaiter().GetResult();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    /// <summary>Finishes what is queued.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            work();
        }
    }
}
