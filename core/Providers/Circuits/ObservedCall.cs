namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>A call as a circuit sees it.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="BegunAt">When it was sent; estimated a little late where the report was under way.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Permit">The number of the probe's permit; 0: it was no probe.</param>
public readonly record struct ObservedCall(AttemptOutcome Outcome, DateTimeOffset BegunAt, DateTimeOffset EndedAt, long Permit)
{
    /// <summary>A reported call.</summary>
    /// <param name="report">As a gateway told it.</param>
    /// <param name="now">The time at which its age counts.</param>
    public static ObservedCall Of(in AttemptReport report, DateTimeOffset now)
    {
        var endedAt = now - TimeSpan.FromMilliseconds(Math.Max(0, report.AgeMilliseconds));
        return new(report.Outcome, endedAt - TimeSpan.FromMilliseconds(Math.Max(0, report.DurationMilliseconds)), endedAt, report.Permit);
    }
}
