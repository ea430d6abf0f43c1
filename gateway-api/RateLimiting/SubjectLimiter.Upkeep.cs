using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <content>What is done beside the requests: leases move up, are counted, closed and reported, and idle subjects dropped.</content>
internal sealed partial class SubjectLimiter
{
    private const int PatienceMilliseconds = 60_000;
    private const int IdleMilliseconds = 2_000;

    // A key that is changed again and again has a new account each time; one that is left out looks this limiter up anew.
    private const int MostAccounts = 16;

    private readonly List<Account> _accounts = new(1);

    /// <summary>Serves an account: it finds this limiter without looking it up, until the subject is dropped.</summary>
    /// <returns><see langword="false"/>: the subject was dropped, make another.</returns>
    public bool TryServe(Account account)
    {
        lock (_gate)
        {
            if (_evicted)
            {
                return false;
            }

            if (!_accounts.Contains(account))
            {
                if (_accounts.Count == MostAccounts)
                {
                    Forget(_accounts[0]);
                    _accounts.RemoveAt(0);
                }

                _accounts.Add(account);
            }

            account.LimiterState = this;
            return true;
        }
    }

    /// <summary>Closes what is in hand, so that the next call returns it: the process ends.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            CloseHeld();
            _denial = null;
        }
    }

    /// <summary>Drops the subject if it has been idle for a while and owes no report.</summary>
    public bool TryEvict(long now, long idleMilliseconds)
    {
        lock (_gate)
        {
            var active = _current is not null || _next is not null || _retired.Count > 0 || _unleased.Count > 0
                || Volatile.Read(ref _waiting) > 0 || _call is { IsCompleted: false } || now - Volatile.Read(ref _lastActive) < idleMilliseconds
                || Slots is { IsIdle: false };
            if (active)
            {
                return false;
            }

            _evicted = true;
            MarkUp();

            // Accounts live as long as their keys: what they know of an idle subject must not.
            _accounts.ForEach(Forget);

            return true;
        }
    }

    /// <summary>Whether the limiter must hear of this subject now; tokens that nobody uses are closed on the way, so that others get them.</summary>
    public bool NeedsCall(long now)
    {
        lock (_gate)
        {
            // Most of many subjects have nothing in hand, and are looked at each second.
            if (_current is null && _next is null && _retired.Count == 0 && _unleased.Count == 0)
            {
                return false;
            }

            Rotate(now);
            if (_down && now < _retryAt)
            {
                return false;
            }

            if (now - Math.Max(_current?.LastUsedAt ?? 0, _next?.LastUsedAt ?? 0) >= IdleMilliseconds)
            {
                CloseHeld();
            }

            // Alone, this gateway tells everything with its next call anyway; among others they wait for what it knows.
            var patience = _around.Gateways > 1 ? 1_000 : 4_000;
            return _unleased.Count > 0 || Leases().Any(lease => lease.GivenBack > 0 || IsOverdue(lease, now, patience));
        }
    }

    /// <summary>Whether the limiter has not been told everything of what was closed.</summary>
    public bool OwesReport(long now)
    {
        lock (_gate)
        {
            Rotate(now);
            return _unleased.Count > 0 || _retired.Count > 0;
        }
    }

    private static bool IsOverdue(HeldLease lease, long now, int patience) =>
        lease.Used > lease.Acknowledged && now - (lease.UsedAt(lease.Acknowledged) ?? now) >= patience;

    private void Forget(Account account) => Interlocked.CompareExchange(ref account.LimiterState, null, this);

    private void CloseHeld()
    {
        Close(_current);
        Close(_next);
        _current = null;
        _next = null;
    }

    // Slots move up; what is used up, expired or closed waits for its report.
    private void Rotate(long now)
    {
        for (var i = 0; i < 2 && _current is { } current && (current.Left == 0 || now >= current.ExpiresAt); i++)
        {
            Close(current);
            _current = _next;
            _next = null;
        }

        CountAll(now);

        // Past its end and the limiter's patience, a lease is settled there as used; a report would change nothing.
        _retired.RemoveAll(lease => now > lease.ExpiresAt + PatienceMilliseconds);
    }

    private void CountAll(long now)
    {
        foreach (var lease in Leases())
        {
            Count(lease, now);
        }
    }

    private void Close(HeldLease? lease)
    {
        if (lease is not null)
        {
            lease.Close();
            _retired.Add(lease);
        }
    }

    // Counts uses in this gateway's own windows and its metrics, once. Done beside the hot path, not on it.
    private void Count(HeldLease lease, long now)
    {
        var used = lease.Used;
        var fresh = used - lease.Counted;
        for (var i = lease.Counted; i < used; i++)
        {
            _share.Record(lease.UsedAt(i) ?? now, _limits.Requests);
        }

        if (fresh > 0)
        {
            lease.Counted = used;
            _uses += fresh;
            Volatile.Write(ref _lastActive, now);
            _around.Metrics.AdmittedByLease(fresh);
        }
    }

    private IEnumerable<HeldLease> Leases()
    {
        foreach (var lease in _retired)
        {
            yield return lease;
        }

        if (_current is { } current)
        {
            yield return current;
        }

        if (_next is { } next)
        {
            yield return next;
        }
    }
}
