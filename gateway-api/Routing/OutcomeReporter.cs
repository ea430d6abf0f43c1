using System.Collections.Concurrent;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Gathers outcomes and tells them to the providers' grains, four times a second, in batches that count once.</summary>
internal sealed partial class OutcomeReporter(
    IGrainFactory grains,
    GatewayIdentity identity,
    IRoutingSnapshotSource snapshots,
    ProviderGuard guard,
    RoutingMetrics metrics,
    TimeProvider clock,
    ILogger<OutcomeReporter> logger)
    : IOutcomeSink, IHostedService, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Between two batches that do not wait for a tick: a provider that always fails costs its grain 40 calls a second.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan LastDeadline = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, OutcomeQueue> _queues = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private bool _dropping;

    /// <inheritdoc/>
    public void Began(string provider) => QueueOf(provider).Began();

    /// <inheritdoc/>
    public void Ended(string provider, in AttemptReport report)
    {
        var queue = QueueOf(provider);
        Tell(queue, report, isKept: queue.Ends(report));
    }

    /// <inheritdoc/>
    public void Checked(string provider, in AttemptReport report)
    {
        var queue = QueueOf(provider);
        Tell(queue, report, isKept: queue.Adds(report));
    }

    /// <inheritdoc/>
    public int InFlight(string provider) => _queues.TryGetValue(provider, out var queue) ? queue.InFlight : 0;

    /// <inheritdoc/>
    public int InCluster(string provider, int told) =>
        _queues.TryGetValue(provider, out var queue) ? queue.InCluster(told, snapshots.Current.ActiveGateways) : told;

    /// <inheritdoc/>
    public IInFlightCounter CounterOf(string provider) => new Counter(QueueOf(provider), snapshots);

    private void Tell(OutcomeQueue queue, in AttemptReport report, bool isKept)
    {
        var isUrgent = guard.Note(queue.Provider, report);
        if (isKept)
        {
            if (isUrgent)
            {
                // Others are to leave the provider alone at once: this does not wait for the next tick.
                queue.IsHurried = true;
                Send(queue, Deadline);
            }

            return;
        }

        metrics.Dropped();
        if (!Interlocked.Exchange(ref _dropping, true))
        {
            LogDropped(logger, queue.Provider);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Tells what is left: the requests have ended by now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_queues.Values.Select(queue => queue.Sending))
            .WaitAsync(LastDeadline, clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FlushAsync(LastDeadline);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Sends what waits, to all providers at once.</summary>
    internal Task FlushAsync(TimeSpan deadline) =>
        Task.WhenAll(_queues.Values.Select(queue => Send(queue, deadline)));

    private Task Send(OutcomeQueue queue, TimeSpan deadline) =>
        queue.TryBeginSending() ? queue.Sending = SendAsync(queue, deadline) : Task.CompletedTask;

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var (_, queue) in _queues)
            {
                queue.Tick();
            }

            // Not awaited: a provider whose grain is slow must not keep the others waiting. Each queue has one sender.
            _ = FlushAsync(Deadline);
        }
    }

    private async Task SendAsync(OutcomeQueue queue, TimeSpan deadline)
    {
        try
        {
            await SendAllAsync(queue, deadline);
            while (queue.IsHurried)
            {
                await Task.Delay(Breath, clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await SendAllAsync(queue, deadline);
            }
        }
        catch (Exception exception)
        {
            // Whether it arrived is not known: it is sent again with the next tick under its sequence, and counted once.
            queue.IsHurried = false;
            metrics.Unanswered();
            LogUnanswered(logger, queue.Provider, exception.Message);
        }
        finally
        {
            queue.EndSending();
        }

        // What came just before the end found a sender that did not look any more.
        if (queue.IsHurried)
        {
            _ = Send(queue, deadline);
        }
    }

    private async Task SendAllAsync(OutcomeQueue queue, TimeSpan deadline)
    {
        queue.IsHurried = false;
        var isMore = true;
        while (isMore && queue.Next(identity.Id, guard) is { } batch)
        {
            await grains.GetGrain<IProviderGrain>(queue.Provider).ReportAsync(batch).AsTask().WaitAsync(deadline, clock);
            queue.Acknowledge();
            isMore = batch.Reports.Length == OutcomeQueue.LargestBatch;
            Volatile.Write(ref _dropping, false);
        }
    }

    private OutcomeQueue QueueOf(string provider) =>
        _queues.TryGetValue(provider, out var queue) ? queue : _queues.GetOrAdd(provider, static (name, clock) => new OutcomeQueue(name, clock), clock);

    [LoggerMessage(RoutingEventIds.ReportsDropped, LogLevel.Warning, "Outcomes of {Provider} are dropped: the cluster has not taken any for too long")]
    private static partial void LogDropped(ILogger logger, string provider);

    [LoggerMessage(RoutingEventIds.ReportsLost, LogLevel.Debug, "The grain of {Provider} did not acknowledge a batch of outcomes: {Reason}")]
    private static partial void LogUnanswered(ILogger logger, string provider, string reason);

    private sealed class Counter(OutcomeQueue queue, IRoutingSnapshotSource snapshots) : IInFlightCounter
    {
        public int InCluster(int told) => queue.InCluster(told, snapshots.Current.ActiveGateways);
    }
}
