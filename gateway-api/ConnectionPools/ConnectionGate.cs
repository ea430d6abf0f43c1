namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>
/// Counts open connections and holds back the next one while the limit is reached. The limit is asked for each time: it
/// moves with what is in flight, which a handler's own fixed limit cannot.
/// </summary>
/// <param name="limit">Connections that may be open now.</param>
internal sealed class ConnectionGate(Func<int> limit)
{
    private readonly Lock _changing = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _open;

    /// <summary>Connections that are open or being opened.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections that wait for another to close.</summary>
    public int Waiting
    {
        get
        {
            lock (_changing)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes a place for one connection, and waits for it where none is free.</summary>
    /// <param name="cancellationToken">Ends the waiting; no place is taken then.</param>
    /// <returns>Whether it had to wait.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> turn;
        lock (_changing)
        {
            if (_waiting.Count == 0 && _open < limit())
            {
                _open++;
                return false;
            }

            turn = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await turn.Value.Task.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            GiveUp(turn);
            throw;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        lock (_changing)
        {
            _open--;
            Admit();
        }
    }

    /// <summary>Lets in whom a risen limit has room for.</summary>
    public void Recheck()
    {
        lock (_changing)
        {
            Admit();
        }
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource> turn)
    {
        lock (_changing)
        {
            if (turn.List is not null)
            {
                _waiting.Remove(turn);
                return;
            }

            // It was let in at the same moment.
            _open--;
            Admit();
        }
    }

    private void Admit()
    {
        while (_waiting.First is { } first && _open < limit())
        {
            _open++;
            _waiting.RemoveFirst();
            first.Value.SetResult();
        }
    }
}
