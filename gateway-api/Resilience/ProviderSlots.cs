namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>
/// What this gateway may have in flight at one provider, and who waits for room. Taking a slot is a comparison and an
/// exchange in memory: no lock, no allocation, no call.
/// </summary>
internal sealed class ProviderSlots(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<bool>> _queue = new();
    private int _limit;
    private int _inUse;
    private int _peak;
    private int _waiting;
    private int _missed;

    /// <summary>Requests that may be in flight; who gets in is decided by this alone.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Requests in flight; at least 0.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Requests that wait for a slot.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The most that were in use at once since it was last taken.</summary>
    public int Peak => Volatile.Read(ref _peak);

    /// <summary>How many found no slot since that was last taken.</summary>
    public int Missed => Volatile.Read(ref _missed);

    /// <summary>Takes a slot if there is one. Nobody overtakes who waits.</summary>
    public bool TryEnter()
    {
        if (Volatile.Read(ref _waiting) == 0 && TryTake())
        {
            return true;
        }

        Interlocked.Increment(ref _missed);
        return false;
    }

    /// <summary>Waits for a slot.</summary>
    /// <param name="longest">How long; nothing left: nobody is waited for.</param>
    /// <param name="mostWaiting">How many may wait at once; more are refused at once.</param>
    /// <param name="clientLeft">Ends the wait.</param>
    /// <returns>Whether a slot was taken.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan longest, int mostWaiting, CancellationToken clientLeft)
    {
        var place = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_queue.Count >= mostWaiting || longest <= TimeSpan.Zero)
            {
                return false;
            }

            // First counted, then looked: a slot that comes back in between is seen either here or by who gives it back.
            Interlocked.Increment(ref _waiting);
            if (_queue.Count == 0 && TryTake())
            {
                Interlocked.Decrement(ref _waiting);
                return true;
            }

            _queue.AddLast(place);
        }

        try
        {
            return await place.Task.WaitAsync(longest, clock, clientLeft);
        }
        catch (TimeoutException)
        {
            return Withdraw(place);
        }
        catch (OperationCanceledException)
        {
            if (Withdraw(place))
            {
                Exit();
            }

            throw;
        }
    }

    /// <summary>Gives a slot back, to who waits first.</summary>
    public void Exit()
    {
        Interlocked.Decrement(ref _inUse);
        if (Volatile.Read(ref _waiting) > 0)
        {
            Admit();
        }
    }

    /// <summary>Changes the limit. What is in flight beyond it goes on; nothing is let in until it is below.</summary>
    public void Allow(int limit)
    {
        Volatile.Write(ref _limit, limit);
        if (Volatile.Read(ref _waiting) > 0)
        {
            Admit();
        }
    }

    /// <summary>Lowers the limit, unless it is lower already.</summary>
    public void Confine(int limit)
    {
        var seen = Limit;
        while (limit < seen)
        {
            seen = Interlocked.CompareExchange(ref _limit, limit, seen) is var found && found == seen ? limit : found;
        }
    }

    /// <summary>The most that were in use at once, counted anew from here on.</summary>
    public int TakePeak() => Math.Max(Interlocked.Exchange(ref _peak, 0), InUse);

    /// <summary>How many found no slot, counted anew from here on.</summary>
    public int TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    private bool TryTake()
    {
        var inUse = InUse;
        while (inUse < Limit)
        {
            var seen = Interlocked.CompareExchange(ref _inUse, inUse + 1, inUse);
            if (seen == inUse)
            {
                // A peak that is missed by a race is seen by the next request; it sizes a lease, no more.
                if (inUse >= Volatile.Read(ref _peak))
                {
                    Volatile.Write(ref _peak, inUse + 1);
                }

                return true;
            }

            inUse = seen;
        }

        return false;
    }

    private void Admit()
    {
        lock (_gate)
        {
            while (_queue.First is { } first && TryTake())
            {
                _queue.RemoveFirst();
                Interlocked.Decrement(ref _waiting);
                first.Value.SetResult(true);
            }
        }
    }

    /// <returns><see langword="true"/>: too late, a slot was given already.</returns>
    private bool Withdraw(TaskCompletionSource<bool> place)
    {
        lock (_gate)
        {
            if (!_queue.Remove(place))
            {
                return true;
            }

            Interlocked.Decrement(ref _waiting);
            return false;
        }
    }
}
