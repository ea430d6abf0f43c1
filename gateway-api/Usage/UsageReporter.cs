using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Usage;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>Each second sends what was used to the ledgers; when the process ends, the rest.</summary>
/// <remarks>What is not acknowledged is kept and sent again, and counts once. What a crash loses here still stands in the budgets.</remarks>
internal sealed partial class UsageReporter(
    IGrainFactory grains, GatewayIdentity identity, UsageJournal journal, UsageMetrics metrics, TimeProvider clock, ILogger<UsageReporter> logger)
    : BackgroundService
{
    private const int ReportsAtOnce = 16;
    private const int KeptDays = 7;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastDeadline = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, UsageOutbox> _outboxes = new(StringComparer.Ordinal);
    private bool _isSilent;

    /// <summary>Sends everything, to each ledger once more where it did not answer. One user at a time.</summary>
    public async Task FlushAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        Sort();
        await Parallel.ForEachAsync(
            _outboxes.Where(static outbox => !outbox.Value.IsEmpty),
            new ParallelOptions { MaxDegreeOfParallelism = ReportsAtOnce, CancellationToken = cancellationToken },
            async (outbox, _) => await SendAsync(outbox.Key, outbox.Value, deadline));

        // A ledger counts each sequence once: an outbox that is made anew under this gateway's name would begin it again.
        var first = UsageLedgers.KeyOf(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-KeptDays), 0);
        foreach (var ledger in _outboxes.Keys.Where(ledger => string.CompareOrdinal(ledger, first) < 0 && _outboxes[ledger].IsEmpty).ToList())
        {
            _outboxes.Remove(ledger);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(LastDeadline, cancellationToken);
        if (_outboxes.Values.Count(static outbox => !outbox.IsEmpty) is > 0 and var lost)
        {
            LogLost(logger, lost);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync(Deadline, stoppingToken);
        }
    }

    private void Sort()
    {
        foreach (var ((day, key), totals) in journal.TakeAll())
        {
            var ledger = UsageLedgers.KeyOf(day, UsageLedgers.ShardOf(key.Subject));
            if (!_outboxes.TryGetValue(ledger, out var outbox))
            {
                _outboxes[ledger] = outbox = new UsageOutbox();
            }

            if (!outbox.Add(key, totals))
            {
                metrics.Dropped(totals.Requests);
            }
        }
    }

    private async Task SendAsync(string ledger, UsageOutbox outbox, TimeSpan deadline)
    {
        try
        {
            while (outbox.Next(identity.Id) is { } batch)
            {
                await grains.GetGrain<IUsageLedgerGrain>(ledger).ReportAsync(batch).AsTask().WaitAsync(deadline, clock);
                outbox.Acknowledge();
                metrics.Stored();
                Volatile.Write(ref _isSilent, false);
            }
        }
        catch (Exception failure)
        {
            // Whether it arrived is not known: it is sent again under its sequence, and counted once.
            metrics.Unanswered();
            if (!Interlocked.Exchange(ref _isSilent, true))
            {
                LogUnanswered(logger, failure, ledger);
            }
        }
    }

    [LoggerMessage(EventId = 2720, Level = LogLevel.Warning, Message = "The usage ledger {Ledger} did not take what was used; it is sent again until it does")]
    private static partial void LogUnanswered(ILogger logger, Exception failure, string ledger);

    [LoggerMessage(EventId = 2721, Level = LogLevel.Error, Message = "{Ledgers} usage ledgers were not told everything before the process ended: spend by key, model and tag lacks it; budgets do not")]
    private static partial void LogLost(ILogger logger, int ledgers);
}
