using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// Tells the region's audit logs what this process saw: security events each second, and entries that nobody waits for. On
/// its own account: that it started, stopped, and took another configuration.
/// </summary>
internal sealed partial class AuditReporter : IHostedService, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastDeadline = TimeSpan.FromSeconds(2);

    /// <summary>Refused credentials within ten seconds that are an action of their own in the log: someone tries to get in.</summary>
    private const int BurstFailures = 10;

    private readonly IGrainFactory _grains;
    private readonly GatewayIdentity _identity;
    private readonly SecurityEvents _events;
    private readonly SecurityEventMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<AuditReporter> _logger;
    private readonly string _region;
    private readonly IDisposable? _subscription;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Outbox _actions;
    private readonly Outbox _told;
    private Task _loop = Task.CompletedTask;

    public AuditReporter(
        IGrainFactory grains,
        GatewayIdentity identity,
        SecurityEvents events,
        SecurityEventMetrics metrics,
        IOptionsMonitor<ProxyClusterOptions> options,
        TimeProvider clock,
        ILogger<AuditReporter> logger)
    {
        (_grains, _identity, _events, _metrics, _clock, _logger) = (grains, identity, events, metrics, clock, logger);
        _region = options.CurrentValue.Region;
        _actions = new(AuditLogs.Of(_region, AuditLogs.Actions), new(identity.Id));
        _told = new(AuditLogs.Of(_region, AuditLogs.Events), new(identity.Id));
        _subscription = options.OnChange((changed, _) => Add(Own(AuditActions.ConfigurationChange, $"generation {changed.ConfigGeneration}")));
    }

    /// <summary>Takes an action in that nobody waits for. Never waits and never throws.</summary>
    public void Add(AuditEntry entry) => Add(_actions, entry);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Add(Own(AuditActions.ProcessStart, $"version {ProductVersion.Text}"));
        _loop = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Tells what is left: the requests have ended by now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Add(Own(AuditActions.ProcessStop, null));
        await FlushAsync(LastDeadline, isLast: true);
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Tells both logs what waits.</summary>
    internal async Task FlushAsync(TimeSpan deadline, bool isLast)
    {
        var due = _events.TakeDue(isLast);
        foreach (var securityEvent in due)
        {
            Add(_told, securityEvent.ToEntry(_identity.Name));
        }

        if (BurstOf(due) is { } burst)
        {
            Add(_actions, burst);
        }

        await Task.WhenAll(SendAsync(_actions, deadline), SendAsync(_told, deadline));
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, _clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await FlushAsync(Deadline, isLast: false);
        }
    }

    private async Task SendAsync(Outbox outbox, TimeSpan deadline)
    {
        try
        {
            while (outbox.Waiting.Next(_clock.GetUtcNow()) is { } batch)
            {
                await _grains.GetGrain<IAuditGrain>(outbox.Log).ReportAsync(batch).AsTask().WaitAsync(deadline, _clock);
                outbox.Waiting.Acknowledge();
            }
        }
        catch (Exception exception)
        {
            // Whether it arrived is not known: it is sent again under its numbers, and counted once.
            _metrics.Unanswered(outbox.Log);
            LogUnanswered(_logger, outbox.Log, exception.Message);
        }
    }

    private void Add(Outbox outbox, AuditEntry entry)
    {
        if (!outbox.Waiting.Add(entry))
        {
            _metrics.Lost(outbox.Log);
        }
    }

    private AuditEntry? BurstOf(IReadOnlyList<SecurityEvent> due)
    {
        var failures = due.Where(e => e.Type == SecurityEventType.AuthenticationFailed && e.Count >= BurstFailures).ToList();
        return failures.Count == 0 ? null : Own(AuditActions.FailureBurst, $"from {failures.Count} addresses") with
        {
            Actor = "unknown",
            Address = failures.MaxBy(e => e.Count)!.Address,
            Count = failures.Sum(e => e.Count),
            HappenedAt = failures.Min(e => e.At),
            Until = failures.Max(e => e.Until),
        };
    }

    private AuditEntry Own(string action, string? detail) => new()
    {
        HappenedAt = _clock.GetUtcNow(),
        Actor = "system",
        Action = action,
        Object = _identity.Name,
        Outcome = AuditOutcome.Done,
        Detail = detail,
        Process = _identity.Name,
    };

    [LoggerMessage(3311, LogLevel.Debug, "The audit log {Log} did not acknowledge a batch of entries: {Reason}")]
    private static partial void LogUnanswered(ILogger logger, string log, string reason);

    private sealed record Outbox(string Log, AuditOutbox Waiting);
}
