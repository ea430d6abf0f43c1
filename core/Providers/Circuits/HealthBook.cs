namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>When a provider last had traffic, and what checks have found since. Not thread-safe.</summary>
/// <param name="startedAt">From when it can be idle.</param>
public sealed class HealthBook(DateTimeOffset startedAt)
{
    private DateTimeOffset _nextCheck;

    /// <summary>When a call last ended; <see langword="null"/>: none has been heard of.</summary>
    public DateTimeOffset? LastTraffic { get; private set; }

    /// <summary>When a check last ended; <see langword="null"/>: there was none.</summary>
    public DateTimeOffset? LastCheck { get; private set; }

    /// <summary>What it found.</summary>
    public AttemptOutcome CheckOutcome { get; private set; }

    /// <summary>Takes in a call or a check.</summary>
    /// <param name="report">How it ended.</param>
    /// <param name="endedAt">When.</param>
    public void Note(in AttemptReport report, DateTimeOffset endedAt)
    {
        if (!report.IsCheck)
        {
            LastTraffic = endedAt > (LastTraffic ?? DateTimeOffset.MinValue) ? endedAt : LastTraffic;
            return;
        }

        if (endedAt >= (LastCheck ?? DateTimeOffset.MinValue))
        {
            (LastCheck, CheckOutcome) = (endedAt, report.Outcome);
        }
    }

    /// <summary>Whether the provider has had no call for so long.</summary>
    /// <param name="idle">How long.</param>
    /// <param name="now">The time.</param>
    public bool IsIdle(TimeSpan idle, DateTimeOffset now) => now - (LastTraffic ?? startedAt) >= idle;

    /// <summary>Asks to check an idle provider. One gateway gets leave, once in that time.</summary>
    /// <param name="idle">How long without a call is idle.</param>
    /// <param name="now">The time.</param>
    public bool TryCheck(TimeSpan idle, DateTimeOffset now)
    {
        if (!IsIdle(idle, now) || now < _nextCheck)
        {
            return false;
        }

        _nextCheck = now + idle;
        return true;
    }

    /// <summary>The status that traffic gives, or where there was none, the last check.</summary>
    /// <param name="byTraffic">As the outcomes say.</param>
    public ProviderStatus Status(ProviderStatus byTraffic)
    {
        if (byTraffic != ProviderStatus.Unknown || LastCheck is null)
        {
            return byTraffic;
        }

        // A provider without a list of models rejects the check, and answers all the same.
        return CheckOutcome.IsFailure() ? ProviderStatus.Unhealthy : ProviderStatus.Healthy;
    }
}
