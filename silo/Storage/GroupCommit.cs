using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ProxyCluster.Silo.Storage;

/// <summary>One thread that does everything that waits in one transaction: while a commit reaches the disk, the next group gathers.</summary>
/// <remarks>No commit is held up for others to come: alone a write takes as long as by itself, among many it shares the one wait for the disk.</remarks>
internal sealed class GroupCommit : IDisposable
{
    private const int MostTogether = 1024;

    private readonly BlockingCollection<StoreOperation> _waiting = [];
    private readonly SqliteConnection _connection;
    private readonly Thread _thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="connection">Open, and from here on this thread's alone.</param>
    public GroupCommit(SqliteConnection connection)
    {
        _connection = connection;
        _thread = new Thread(Run) { IsBackground = true, Name = "grants" };
        _thread.Start();
    }

    /// <summary>Does an operation in the next group.</summary>
    /// <exception cref="SqliteException">The group could not be committed: nothing of it is stored.</exception>
    public Task RunAsync(StoreOperation operation)
    {
        try
        {
            _waiting.Add(operation);
        }
        catch (InvalidOperationException)
        {
            operation.Fail(new ObjectDisposedException(nameof(GroupCommit), "The store is closed: the process ends."));
        }

        return operation.Done;
    }

    /// <summary>Finishes what waits.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
        _connection.Dispose();
    }

    private void Run()
    {
        var group = new List<StoreOperation>(MostTogether);
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            while (group.Count < MostTogether && _waiting.TryTake(out var next))
            {
                group.Add(next);
            }

            Commit(group);
        }
    }

    private void Commit(List<StoreOperation> group)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var operation in group)
            {
                operation.Run(transaction);
            }

            transaction.Commit();
        }
        catch (Exception failure)
        {
            group.ForEach(operation => operation.Fail(failure));
            return;
        }

        group.ForEach(static operation => operation.Succeed());
    }
}

/// <summary>One read or write of a group.</summary>
/// <param name="run">Does it, within the group's transaction.</param>
internal sealed class StoreOperation(Action<SqliteTransaction> run)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the group is committed.</summary>
    public Task Done => _done.Task;

    public void Run(SqliteTransaction transaction) => run(transaction);

    public void Succeed() => _done.SetResult();

    public void Fail(Exception failure) => _done.SetException(failure);
}
