namespace ProxyCluster.GatewayApi.Budgets;

/// <content>What is done each second, and at the end.</content>
internal sealed partial class SubjectBudget
{
    /// <summary>Whether the cluster must hear of this subject now, or is hearing of it; what nobody uses is put back on the way, so that others get it.</summary>
    public bool NeedsCall()
    {
        lock (_gate)
        {
            var now = Now;
            if (_calling)
            {
                return true;
            }

            if (_down && now < _retryAt)
            {
                return false;
            }

            if (now >= _endsAt || now - Volatile.Read(ref _lastActive) >= IdleMilliseconds)
            {
                PutBack();
            }

            // A gateway that holds something and is not heard is taken for dead.
            var holds = _inFlight > 0 || !_free.Amount.IsZero;
            return OwesReport || _waiting.Count > 0 || (holds && now - _toldAt >= TellEveryMilliseconds);
        }
    }

    /// <summary>Puts back what is in hand.</summary>
    /// <returns>Whether anything is still to be told.</returns>
    public bool Retire()
    {
        lock (_gate)
        {
            PutBack();
            _denial = null;
            return OwesReport;
        }
    }

    /// <summary>Drops the subject if it has been idle for a while and owes no report.</summary>
    public bool TryEvict(long idleMilliseconds)
    {
        lock (_gate)
        {
            var isActive = OwesReport || _calling || _inFlight > 0 || _waiting.Count > 0 || !_free.Amount.IsZero
                || Now - Volatile.Read(ref _lastActive) < idleMilliseconds;
            if (!isActive)
            {
                Volatile.Write(ref _evicted, true);
                MarkUp();
            }

            return !isActive;
        }
    }

    private bool OwesReport => _outgoing is not null || _leftovers.Count > 0 || _ended.Count > 0;
}
