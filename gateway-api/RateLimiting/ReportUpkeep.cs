namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Each second tells the cluster what subjects used and gives back what is idle; when the process ends, all of it.</summary>
/// <typeparam name="TSubject">What the cluster is told of.</typeparam>
/// <param name="time">Counts the seconds.</param>
internal abstract class ReportUpkeep<TSubject>(TimeProvider time) : BackgroundService
{
    // The further rounds are for those whose call was under way, or was too small for everything.
    private const int FarewellRounds = 4;
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
            var besides = ReturnBesidesAsync();
            for (var round = 0; round < FarewellRounds && RetireAll() is { Count: > 0 } owing; round++)
            {
                await TellAsync(owing, limit.Token);
            }

            await besides.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            NotReturned(RetireAll().Count);
        }
    }

    /// <summary>What is to be told now; what is idle is closed on the way.</summary>
    protected abstract List<TSubject> Tidy();

    /// <summary>Closes everything.</summary>
    /// <returns>What is still to be told.</returns>
    protected abstract List<TSubject> RetireAll();

    /// <summary>Tells the cluster of one.</summary>
    protected abstract Task CallAsync(TSubject subject);

    /// <summary>Returns what is held besides, when the process ends.</summary>
    protected virtual Task ReturnBesidesAsync() => Task.CompletedTask;

    /// <summary>Says in the log what could not be told in time.</summary>
    protected abstract void NotReturned(int count);

    /// <summary>Says in the log that a round failed.</summary>
    protected abstract void Failed(Exception failure);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await TellAsync(Tidy(), stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Failed(failure);
            }
        }
    }

    private Task TellAsync(List<TSubject> due, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            async (subject, cancel) => await CallAsync(subject).WaitAsync(cancel));
}
