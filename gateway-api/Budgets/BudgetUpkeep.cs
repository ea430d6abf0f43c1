namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Each second tells budgets what was used and gives back what is idle; when the process ends, all of it.</summary>
internal sealed class BudgetUpkeep(BudgetKeeper keeper, TimeProvider time, ILogger<BudgetUpkeep> logger) : BackgroundService
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
            // The further rounds are for those whose call was under way, or was too small for everything.
            for (var round = 0; round < 4 && keeper.RetireAll() is { Count: > 0 } owing; round++)
            {
                await TellAsync(owing, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            BudgetLog.NotReturned(logger, keeper.RetireAll().Count);
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
                await TellAsync(keeper.Tidy(), stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                BudgetLog.UpkeepFailed(logger, failure);
            }
        }
    }

    private static Task TellAsync(List<SubjectBudget> due, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            static async (subject, cancel) => await subject.CallAsync().WaitAsync(cancel));
}
