namespace ProxyCluster.Grains.Storage;

/// <summary>
/// Stores what a reentrant grain keeps in memory, one write at a time: what is changed while one is under way is stored together
/// by the next. Used on the grain's scheduler only, which is its lock.
/// </summary>
/// <param name="write">Stores the memory as it is when called.</param>
/// <param name="lost">A write failed: the memory, and what was decided on it meanwhile, must be forgotten.</param>
internal sealed class JoinedWrites(Func<Task> write, Action<Exception> lost)
{
    private TaskCompletionSource? _underWay;
    private TaskCompletionSource? _next;

    /// <summary>Ends when all that is in memory now is stored.</summary>
    /// <param name="isChanged">Whether there is anything that no write has taken up.</param>
    /// <exception cref="Exception">It was not, or is not known to be: also where an earlier write failed, which this was decided on.</exception>
    public Task StoredAsync(bool isChanged)
    {
        if (!isChanged)
        {
            return (_next ?? _underWay)?.Task ?? Task.CompletedTask;
        }

        var round = _next ??= NewRound();
        if (_underWay is null)
        {
            _ = WriteAllAsync();
        }

        return round.Task;
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WriteAllAsync()
    {
        while (_next is { } round)
        {
            (_underWay, _next) = (round, null);
            try
            {
                await write();
                round.SetResult();
            }
            catch (Exception failure)
            {
                // In one turn, so that nobody decides on what is not stored.
                lost(failure);
                round.SetException(failure);
                _next?.SetException(failure);
                _next = null;
            }
        }

        _underWay = null;
    }
}
