using System.Collections.Immutable;

namespace ProxyCluster.Core.RateLimiting;

/// <content>How the subject stands, for operators.</content>
public sealed partial class LeaseBook
{
    /// <summary>Tells how the subject stands. Changes nothing.</summary>
    /// <param name="settings">The limits in force; <see langword="null"/>: not known.</param>
    /// <param name="now">Milliseconds, as for <see cref="Lease"/>.</param>
    public LimiterStatus Tell(LimitSettings? settings, long now)
    {
        var at = Math.Max(_now, now);
        var leases = ImmutableArray.CreateBuilder<LeaseOut>(_leases.Count);
        var outstanding = 0;
        foreach (var lease in _leases)
        {
            if (lease.ExpiresAt + ReportGraceMilliseconds > at)
            {
                leases.Add(new LeaseOut(lease.Gateway, lease.Outstanding, Span(lease.ExpiresAt - at)));
                outstanding += lease.Outstanding;
            }
        }

        var windows = ImmutableArray.CreateBuilder<WindowUse>(2);
        foreach (var window in (ReadOnlySpan<SlidingWindow>)[_minute, _hour])
        {
            var limit = settings?.Of(window.Kind) ?? 0;
            var used = window.UsedAt(at);
            if (limit > 0 || used > 0)
            {
                var reset = used == 0 && outstanding == 0 ? 0 : Reset(window, outstanding) - (at - _now);
                windows.Add(new WindowUse(window.Kind, limit, used, Math.Max(0, limit - used - outstanding), Span(reset)));
            }
        }

        var blocked = _block.Until > at;
        return new LimiterStatus(
            settings, windows.ToImmutable(), leases.ToImmutable(), blocked ? _block.Window : LimitWindow.None, blocked ? Span(_block.Until - at) : TimeSpan.Zero, 0, 0);
    }
}
