using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// Checks providers that have had no call for a while, so that operators see whether they are well before clients do. One
/// gateway of the cluster gets leave for each; whoever has traffic of its own does not even ask.
/// </summary>
internal sealed partial class IdleChecks(
    IRoutingSnapshotSource snapshots,
    IGrainFactory grains,
    ProviderGuard guard,
    HealthChecker checker,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<IdleChecks> logger) : BackgroundService
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        var started = clock.GetUtcNow();
        var next = started;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var health = options.CurrentValue.Routing.Health;
            var (now, idle) = (clock.GetUtcNow(), TimeSpan.FromSeconds(health.IdleSeconds));
            if (!health.ActiveChecks || now < next || now - started < idle)
            {
                continue;
            }

            // Twice in the time, so that no provider waits much longer than it, whoever died meanwhile.
            next = now + (idle / 2);
            await LookAsync(now - idle, stoppingToken);
        }
    }

    private async Task LookAsync(DateTimeOffset idleSince, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        var idle = snapshots.Current.Definitions.Providers
            .Where(provider => provider is { Enabled: true, Draining: false } && guard.Find(provider.Name).LastCall <= idleSince);
        await Parallel.ForEachAsync(idle, parallel, async (provider, cancel) => await CheckAsync(provider, cancel));
    }

    private async ValueTask CheckAsync(ProviderDefinition provider, CancellationToken cancellationToken)
    {
        try
        {
            var permit = await grains.GetGrain<IProviderGrain>(provider.Name).TryProbeAsync(ProbeKind.Idle).AsTask().WaitAsync(Deadline, clock, cancellationToken);
            if (permit.Number != 0)
            {
                await checker.CheckAsync(provider, permit.Number, cancellationToken);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSilent(logger, provider.Name, exception.Message);
        }
    }

    [LoggerMessage(CircuitEventIds.CheckUnanswered, LogLevel.Debug, "The idle provider {Provider} was not checked: {Reason}")]
    private static partial void LogSilent(ILogger logger, string provider, string reason);
}
