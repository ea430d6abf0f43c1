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

        // Older ones are in no window any more, should they be told again.
        _told.RemoveAll(told => told.At + _hour.LengthMilliseconds <= _now);
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

    // What was admitted within a gateway's part counts like any use, once it is known to be told once. What was let in beyond the
    // limits while the limiter was away is not held against anybody.
    private void ApplyUnleased(LeaseRequest request, LimitSettings settings)
    {
        var ages = request.UnleasedAgesMilliseconds.IsDefault ? [] : request.UnleasedAgesMilliseconds;
        for (var i = KnownUnleased(request, ages.Length); i < ages.Length; i++)
        {
            var time = Math.Min(_now - ages[i], _now + LargestTransitMilliseconds);
            IsChanged = true;
            if (request.UnleasedWithinShare)
            {
                Report(time, 1, settings);
            }
            else
            {
                Assume(time, 1, settings);
            }
        }
    }

    // How many of these were counted before: they were told by a call whose answer was lost.
    private int KnownUnleased(LeaseRequest request, int length)
    {
        if (request.UnleasedFirst <= 0 || length == 0)
        {
            return 0;
        }

        var at = _told.FindIndex(told => told.Gateway == request.Gateway);
        var known = at < 0 ? 0 : (int)Math.Clamp(_told[at].Next - request.UnleasedFirst, 0, length);
        var now = new Told(request.Gateway, request.UnleasedFirst + length, _now);
        if (at < 0)
        {
            _told.Add(now);
        }
        else if (now.Next > _told[at].Next)
        {
            _told[at] = now;
        }

        return known;
    }

    private void Use(OutstandingLease lease, int ageMilliseconds, int count, LimitSettings settings)
    {
        var time = Math.Clamp(_now - ageMilliseconds, lease.GrantedAt, _now + LargestTransitMilliseconds);
        lease.Reported += count;
        IsChanged = true;
        Report(time, count, settings);
    }

    private void Report(long time, int count, LimitSettings settings)
    {
        CountForOverruns(time, count);
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

    /// <summary>The number of the next request, of those it admits by itself, that a gateway has not told, and when it last told some.</summary>
    private readonly record struct Told(Guid Gateway, long Next, long At);
}
