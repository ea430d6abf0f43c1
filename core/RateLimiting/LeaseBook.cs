using System.Collections.Immutable;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>Decides everything about the limits of one subject: who gets how many tokens, until when, and who is blocked.</summary>
/// <remarks>
/// <para>The promise: however gateways, calls and answers are delayed, repeated or lost, no window ever sees more requests than its
/// limit. Tokens count from their grant; a reported use is then dated by its age at the moment the report <em>arrives</em>, which is
/// never before the real use; tokens that nobody reports count as used at the lease's end; a clock that runs backwards stands still.</para>
/// <para>Times are milliseconds of one clock, given by the caller. Not thread-safe: its grain is its lock.</para>
/// </remarks>
public sealed partial class LeaseBook
{
    /// <summary>How long a lease may be used, from the moment its gateway sent the call.</summary>
    public static readonly TimeSpan LeaseTimeToLive = TimeSpan.FromSeconds(10);

    // Time for the last report of an expired lease to arrive, also after the limiter was away. Costs no accuracy: without a report
    // its tokens count from the lease's end, not from here, and for a minute at least.
    private const long ReportGraceMilliseconds = 50_000;

    // How far in the future a gateway may date a use that is on its way to a provider.
    private const long LargestTransitMilliseconds = 1_000;

    private readonly List<OutstandingLease> _leases = [];
    private readonly List<Told> _told = [];
    private readonly SlidingWindow _minute = new(LimitWindow.Minute);
    private readonly SlidingWindow _hour = new(LimitWindow.Hour);

    private long _now = long.MinValue;
    private Block _block;

    /// <summary>Whether anything was changed that must be stored, since the book was made, read or last encoded.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The latest time it was told; <see langword="null"/>: none yet.</summary>
    public long? LatestTime => _now == long.MinValue ? null : _now;

    /// <summary>Tokens that gateways hold and have not reported.</summary>
    public int Outstanding
    {
        get
        {
            var sum = 0;
            foreach (var lease in _leases)
            {
                sum += lease.Outstanding;
            }

            return sum;
        }
    }

    /// <summary>Takes back what became of earlier leases and gives a new one, if anything is left.</summary>
    /// <param name="request">Who asks, for how much, and what became of its earlier leases.</param>
    /// <param name="settings">The limits in force now.</param>
    /// <param name="now">Milliseconds; what lies before the last call's counts as no time passed.</param>
    public LeaseGrant Lease(LeaseRequest request, LimitSettings settings, long now)
    {
        Advance(now, settings);
        foreach (var report in request.Returned.IsDefault ? [] : request.Returned)
        {
            Apply(report, settings);
        }

        ApplyUnleased(request, settings);
        SettleOverruns(settings);
        if (request.Wanted <= 0)
        {
            return Answer(settings);
        }

        if (_leases.Find(lease => lease.Id == request.RequestId && lease.Gateway == request.Gateway) is { } same && same.ExpiresAt > _now)
        {
            return Answer(settings) with { Lease = same.Id, Tokens = same.Tokens, TimeToLive = Span(same.ExpiresAt - _now) };
        }

        if (IsBlocked(settings))
        {
            return Refuse(settings, _block.Window, _block.Until - _now, blocked: true);
        }

        var available = Available(settings);
        if (available > 0)
        {
            return Grant(request, settings, available);
        }

        return RefuseFull(request, settings);
    }

    /// <summary>Lifts a block and forgets what was used, so that the subject may go on at once.</summary>
    public void Unblock()
    {
        _block = default;
        _overruns.Clear();
        _minute.Clear();
        _hour.Clear();
        IsChanged = true;
    }

    private LeaseGrant Grant(LeaseRequest request, LimitSettings settings, int available)
    {
        var lease = new OutstandingLease
        {
            Id = request.RequestId,
            Gateway = request.Gateway,
            // One part stays for a gateway that has not asked yet: nobody can take everything and starve the rest for a lease's life.
            Tokens = Math.Min(request.Wanted, Math.Max(1, available / (ActiveGateways(request.Gateway) + 1))),
            GrantedAt = _now,
            ExpiresAt = _now + (long)LeaseTimeToLive.TotalMilliseconds,
        };

        // An expired lease of the same name was never known to its gateway; it is still counted.
        _leases.Add(lease);
        IsChanged = true;
        return Answer(settings) with { Lease = lease.Id, Tokens = lease.Tokens, TimeToLive = LeaseTimeToLive };
    }

    private (LimitWindow Window, long Milliseconds) LongestWait(LimitSettings settings)
    {
        var outstanding = Outstanding;
        var longest = (Window: LimitWindow.None, Milliseconds: 1L);
        foreach (var window in (ReadOnlySpan<SlidingWindow>)[_minute, _hour])
        {
            var limit = settings.Of(window.Kind);
            var surplus = window.Used + outstanding - limit + 1;
            if (limit == 0 || surplus <= 0)
            {
                continue;
            }

            // Where only tokens in leases stand in the way, the first lease to end is the soonest that is certain to tell more.
            var wait = Math.Max(1, (window.FreeAt(surplus) ?? FirstLeaseEnd(window)) - _now);
            if (wait >= longest.Milliseconds)
            {
                longest = (window.Kind, wait);
            }
        }

        return longest;
    }

    // One that has ended, and that nobody reported, counts as used at its end.
    private long FirstLeaseEnd(SlidingWindow window)
    {
        var first = long.MaxValue;
        foreach (var lease in _leases)
        {
            first = Math.Min(first, lease.ExpiresAt > _now ? lease.ExpiresAt : lease.ExpiresAt + window.LengthMilliseconds);
        }

        return first;
    }

    private int Available(LimitSettings settings)
    {
        var free = int.MaxValue;
        if (settings.PerMinute > 0)
        {
            free = Math.Min(free, settings.PerMinute - _minute.Used);
        }

        if (settings.PerHour > 0)
        {
            free = Math.Min(free, settings.PerHour - _hour.Used);
        }

        return free == int.MaxValue ? free : free - Outstanding;
    }

    private int ActiveGateways(Guid asking)
    {
        var count = 1;
        for (var i = 0; i < _leases.Count; i++)
        {
            var gateway = _leases[i].Gateway;
            if (gateway != asking && _leases[i].ExpiresAt > _now && _leases.FindIndex(lease => lease.Gateway == gateway && lease.ExpiresAt > _now) == i)
            {
                count++;
            }
        }

        return count;
    }

    private LeaseGrant Refuse(LimitSettings settings, LimitWindow window, long wait, bool blocked)
    {
        var answer = Answer(settings);
        return answer with { Limiting = window == LimitWindow.None ? answer.Limiting : window, RetryAfter = Span(wait), Blocked = blocked };
    }

    private LeaseGrant Answer(LimitSettings settings)
    {
        var outstanding = Outstanding;
        var windows = ImmutableArray.CreateBuilder<WindowStatus>(2);
        var limiting = default(WindowStatus);
        foreach (var window in (ReadOnlySpan<SlidingWindow>)[_minute, _hour])
        {
            var limit = settings.Of(window.Kind);
            if (limit == 0)
            {
                continue;
            }

            var status = new WindowStatus(window.Kind, limit, Math.Max(0, limit - window.Used - outstanding), Span(Reset(window, outstanding)));
            windows.Add(status);
            if (limiting.Window == LimitWindow.None || status.Remaining < limiting.Remaining)
            {
                limiting = status;
            }
        }

        return new LeaseGrant(Guid.Empty, 0, TimeSpan.Zero, TimeSpan.Zero, false, limiting.Window, windows.DrainToImmutable(), ReadsRuns: true);
    }

    private long Reset(SlidingWindow window, int outstanding)
    {
        var reset = outstanding > 0 ? window.LengthMilliseconds : (window.Newest ?? _now - window.LengthMilliseconds) + window.LengthMilliseconds - _now;
        return _block.Window == window.Kind ? Math.Max(reset, _block.Until - _now) : reset;
    }

    private static TimeSpan Span(long milliseconds) => TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
}
