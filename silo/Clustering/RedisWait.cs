namespace ProxyCluster.Silo.Clustering;

/// <summary>Asks Redis until it answers, less and less often, then ends its host so that the silo can start.</summary>
internal sealed partial class RedisWait(string redis, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<RedisWait> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Reminder = TimeSpan.FromSeconds(30);

    private volatile string? _fault = "Redis was not asked yet.";

    /// <summary>Why the silo does not start; <see langword="null"/>: Redis answers.</summary>
    public string? Fault => _fault;

    /// <summary>Whether Redis has answered, so that the silo may start.</summary>
    public bool IsOver => _fault is null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await IsRunningAsync(stoppingToken))
        {
            return;
        }

        var started = clock.GetTimestamp();
        var nextWord = TimeSpan.Zero;
        for (var pause = FirstPause; !stoppingToken.IsCancellationRequested; pause = Longer(pause))
        {
            _fault = await RedisProbe.FaultAsync(redis, stoppingToken);
            var waited = clock.GetElapsedTime(started);
            if (_fault is not { } fault)
            {
                LogAnswers(logger, waited.TotalSeconds);
                lifetime.StopApplication();
                return;
            }

            if (waited >= nextWord)
            {
                LogWaits(logger, waited.TotalSeconds, fault);
                nextWord = waited + Reminder;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A host that is told to end while it starts has failed to start.
    private async Task<bool> IsRunningAsync(CancellationToken stoppingToken)
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(running.SetResult);
        await running.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stoppingToken.IsCancellationRequested;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(4001, LogLevel.Warning, "Redis does not answer: the silo waits for it, for {Seconds:F0} s so far ({Reason})")]
    private static partial void LogWaits(ILogger logger, double seconds, string reason);

    [LoggerMessage(4002, LogLevel.Information, "Redis answers after {Seconds:F1} s: the silo starts")]
    private static partial void LogAnswers(ILogger logger, double seconds);
}
