using System.Collections.Immutable;

namespace ProxyCluster.Core.RateLimiting;

/// <content>Turns leases into uses, as they are reported or end.</content>
public sealed partial class LeaseBook
{
    private void Advance(long now, LimitSettings settings)
    {
        _now = Math.Max(_now, now);
        for (var i = _leases.Count - 1; i >= 0; i--)
        {
            var lease = _leases[i];
            if (lease.ExpiresAt + ReportGraceMilliseconds <= _now)
            {
                Assume(lease.ExpiresAt, lease.Outstanding, settings);
                _leases.RemoveAt(i);
                IsChanged = true;
            }
        }

        _minute.Advance(_now);
        _hour.Advance(_now);
    }

    private void Apply(LeaseReport report, LimitSettings settings)
    {
        // Not found: settled at its end already, or told by an earlier copy of this report.
        var lease = _leases.Find(candidate => candidate.Id == report.Lease);
        if (lease is null)
        {
            return;
        }

        var ages = report.UsedAgesMilliseconds.IsDefault ? [] : report.UsedAgesMilliseconds;
        var missing = Math.Clamp(report.First - lease.Reported, 0, lease.Outstanding);
        if (missing > 0)
        {
            // Only after the store went back in time: tokens this book does not know to be used. Now is the latest they can have been.
            Assume(_now, missing, settings);
            lease.Reported += missing;
            IsChanged = true;
        }

        // What earlier copies and reports told already is passed over, in the order of telling.
        var known = Math.Max(0, lease.Reported - report.First);
        for (var i = known; i < ages.Length && lease.Outstanding > 0; i++)
        {
            Use(lease, ages[i], 1, settings);
        }

        known = Math.Max(0, known - ages.Length);
        foreach (var run in report.Runs.IsDefault ? [] : report.Runs)
        {
            var fresh = Math.Min(run.Count - known, lease.Outstanding);
            known = Math.Max(0, known - run.Count);
            if (fresh > 0)
            {
                Use(lease, run.AgeMilliseconds, fresh, settings);
            }
        }

        if (report.Closed || lease.Outstanding == 0)
        {
            _leases.Remove(lease);
            IsChanged = true;
        }
    }

    // A repeated call counts them twice, which is strict but safe; they are not known to be new, so they must not block.
    private void ApplyUnleased(ImmutableArray<int> ages, LimitSettings settings)
    {
        foreach (var age in ages.IsDefault ? [] : ages)
        {
            Assume(Math.Min(_now - age, _now + LargestTransitMilliseconds), 1, settings);
            IsChanged = true;
        }
    }

    private void Use(OutstandingLease lease, int ageMilliseconds, int count, LimitSettings settings)
    {
        var time = Math.Clamp(_now - ageMilliseconds, lease.GrantedAt, _now + LargestTransitMilliseconds);
        lease.Reported += count;
        IsChanged = true;
        if (settings.PerMinute > 0)
        {
            _minute.Report(time, count, settings.PerMinute);
        }

        if (settings.PerHour > 0)
        {
            _hour.Report(time, count, settings.PerHour);
        }
    }

    private void Assume(long time, int count, LimitSettings settings)
    {
        if (settings.PerMinute > 0)
        {
            _minute.Assume(time, count, settings.PerMinute);
        }

        if (settings.PerHour > 0)
        {
            _hour.Assume(time, count, settings.PerHour);
        }
    }
}
