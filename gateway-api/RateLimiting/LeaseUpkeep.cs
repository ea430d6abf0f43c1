namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Each second reports uses and returns idle leases; when the process ends, all of them.</summary>
internal sealed class LeaseUpkeep(LeasedLimiter limiter, TimeProvider time, ILogger<LeaseUpkeep> logger) : BackgroundService
{
    private const int CallsAtOnce = 64;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), limit, FarewellLimit, Timeout.InfiniteTimeSpan);
        try
        {
            // The second round is for those whose call was under way, without the closing, when the first came.
            var slots = limiter.ReturnSlotsAsync();
            await ReportAsync(limiter.RetireAll(), limit.Token);
            await ReportAsync(limiter.RetireAll(), limit.Token);
            await slots.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            LimiterLog.NotReturned(logger, limiter.RetireAll().Count);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ReportAsync(limiter.Tidy(), stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LimiterLog.UpkeepFailed(logger, failure);
            }
        }
    }

    private static Task ReportAsync(List<SubjectLimiter> due, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            static async (subject, cancel) => await subject.CallAsync(SubjectLimiter.OnlyReport).WaitAsync(cancel));
}
