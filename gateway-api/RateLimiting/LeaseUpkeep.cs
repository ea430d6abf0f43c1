namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Reports uses of request limits and returns leases and slots.</summary>
internal sealed class LeaseUpkeep(LeasedLimiter limiter, TimeProvider time, ILogger<LeaseUpkeep> logger) : ReportUpkeep<SubjectLimiter>(time)
{
    /// <inheritdoc/>
    protected override List<SubjectLimiter> Tidy() => limiter.Tidy();

    /// <inheritdoc/>
    protected override List<SubjectLimiter> RetireAll() => limiter.RetireAll();

    /// <inheritdoc/>
    protected override Task CallAsync(SubjectLimiter subject) => subject.CallAsync(SubjectLimiter.OnlyReport);

    /// <inheritdoc/>
    protected override Task ReturnBesidesAsync() => limiter.ReturnSlotsAsync();

    /// <inheritdoc/>
    protected override void NotReturned(int count) => LimiterLog.NotReturned(logger, count);

    /// <inheritdoc/>
    protected override void Failed(Exception failure) => LimiterLog.UpkeepFailed(logger, failure);
}
