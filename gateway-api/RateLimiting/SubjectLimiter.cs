using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>One subject's leases in this gateway: two slots, the uses still to report, and this gateway's own count of them.</summary>
/// <remarks>Taking a token needs no lock. Everything else happens under one, and at most one grain call is under way.</remarks>
internal sealed partial class SubjectLimiter
{
    // A use may reach its provider this much after it was admitted; dated so late, the provider too never sees more than the limit.
    private const int TransitMilliseconds = 100;

    private const int PatienceMilliseconds = 10_000;
    private const int IdleMilliseconds = 2_000;
    private const int MostWaitingMilliseconds = 4_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly LimiterSurroundings _around;
    private readonly List<HeldLease> _retired = [];
    private readonly LocalShare _share = new();
    private readonly List<long> _unleased = [];

    private volatile HeldLease? _current;
    private volatile HeldLease? _next;
    private volatile Standing _standing = Standing.Unknown;
    private volatile Denial? _denial;
    private volatile bool _evicted;
    private long _lastActive;
    private long _uses;
    private int _waiting;

    public SubjectLimiter(string subject, LimiterSurroundings around)
    {
        Subject = subject;
        _around = around;
        _lastActive = around.Clock.Now;
    }

    /// <summary>Whose limits.</summary>
    public string Subject { get; }

    /// <summary>Whether it was dropped: whoever still holds it must look its successor up.</summary>
    public bool IsEvicted => _evicted;

    /// <summary>Takes a token in hand.</summary>
    public bool TryTake(long now, out LimitDecision decision)
    {
        var refill = false;
        if (_current?.TryTake(now, out refill) is not true && _next?.TryTake(now, out refill) is not true)
        {
            decision = default;
            return false;
        }

        if (refill && _next is null)
        {
            _ = CallAsync(0);
        }

        decision = _standing.Admit(Held);
        return true;
    }

    /// <summary>Waits for tokens, at most 250 ms for a call; <see langword="null"/>: the subject was evicted, look its successor up.</summary>
    public async ValueTask<LimitDecision?> WaitAsync(CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            return null;
        }

        try
        {
            var givesUpAt = _around.Clock.Now + MostWaitingMilliseconds;
            while (true)
            {
                // Each call brings tokens, a refusal or silence, so this ends; others may be quicker to take what came.
                var now = _around.Clock.Now;
                if (TryTake(now, out var decision) || TryRefuse(now, out decision))
                {
                    return decision;
                }

                if (IsDown)
                {
                    return DecideAlone(now);
                }

                if (now >= givesUpAt)
                {
                    return RefuseForNow(now);
                }

                try
                {
                    await CallAsync(Volatile.Read(ref _waiting)).WaitAsync(LongestWait, _around.Clock.Time, cancellationToken);
                }
                catch (TimeoutException)
                {
                    TimedOut();
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Refuses without asking, where the limiter refused a moment ago.</summary>
    public bool TryRefuse(long now, out LimitDecision decision)
    {
        if (_denial is not { } denial || now >= denial.Until)
        {
            decision = default;
            return false;
        }

        _around.Metrics.Refused(denial.Window);
        decision = denial.Decide(Subject, now);
        return true;
    }

    // The limiter is well and others were quicker for too long. Its word alone admits; this gateway's own count does not.
    private LimitDecision RefuseForNow(long now)
    {
        var status = _standing.MostConstrained;
        _around.Metrics.Refused(status.Window);
        return new Denial(now, now, status.Window, status.Limit, LongestWait, status.Reset, Blocked: false).Decide(Subject, now);
    }

    /// <summary>Closes what is in hand, so that the next call returns it: the limits have changed, or the process ends.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            Close(_current);
            Close(_next);
            _current = null;
            _next = null;
            _denial = null;
        }
    }

    /// <summary>Drops the subject if it has been idle for a while and owes no report.</summary>
    public bool TryEvict(long now, long idleMilliseconds)
    {
        lock (_gate)
        {
            var active = _current is not null || _next is not null || _retired.Count > 0 || _unleased.Count > 0
                || Volatile.Read(ref _waiting) > 0 || _call is { IsCompleted: false } || now - Volatile.Read(ref _lastActive) < idleMilliseconds;
            if (active)
            {
                return false;
            }

            _evicted = true;
            MarkUp();
            return true;
        }
    }

    /// <summary>Whether the limiter must hear of this subject now; tokens that nobody uses are closed on the way, so that others get them.</summary>
    public bool NeedsCall(long now)
    {
        lock (_gate)
        {
            Rotate(now);
            if (_down && now < _retryAt)
            {
                return false;
            }

            if (now - Math.Max(_current?.LastUsedAt ?? 0, _next?.LastUsedAt ?? 0) >= IdleMilliseconds)
            {
                Close(_current);
                Close(_next);
                _current = null;
                _next = null;
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

    private bool TryEnter()
    {
        lock (_gate)
        {
            if (_evicted)
            {
                return false;
            }

            Interlocked.Increment(ref _waiting);
            return true;
        }
    }

    private int Held => (_current?.Left ?? 0) + (_next?.Left ?? 0);

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
            _share.Record(lease.UsedAt(i) ?? now, _around.Policy.Limits);
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
