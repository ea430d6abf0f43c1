using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Tells the key directory once a minute which secrets were used, for operators who want to know whether one still is.</summary>
internal sealed partial class KeyUseReporter(IGrainFactory grains, KeyTable table, TimeProvider clock, ILogger<KeyUseReporter> logger) : BackgroundService
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Tells what was used since this was last done. What cannot be told is lost: it is told with the next use.</summary>
    public async Task ReportAsync()
    {
        foreach (var shard in table.TakeUses().GroupBy(use => KeyDirectory.ShardOf(use.PublicId)))
        {
            try
            {
                await grains.GetGrain<IKeyDirectoryGrain>(shard.Key).UsedAsync([.. shard]).AsTask().WaitAsync(Deadline, clock);
            }
            catch (Exception exception) when (ClusterSilence.Caused(exception))
            {
                LogNotTold(logger, exception, shard.Key);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ReportAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    [LoggerMessage(3141, LogLevel.Debug, "Shard {Shard} of the key directory could not be told which keys were used")]
    private static partial void LogNotTold(ILogger logger, Exception exception, int shard);
}
