using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Takes the process out of service in order: not ready, a grace in which load balancers notice, no new connections,
/// streams to their end, then the other services and at last the silo.
/// </summary>
/// <remarks>Kestrel is the last service to start and so the first to stop: everything else is still there while it drains.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "The timers end with the process.")]
internal sealed partial class DrainCoordinator(
    DrainState state,
    ConnectionRegistry connections,
    ListenerAddresses addresses,
    IHostApplicationLifetime lifetime,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<DrainCoordinator> logger) : IHostedService
{
    private static readonly TimeSpan ClusterGrace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _hurry = new();
    private int _stops;
    private ITimer? _drainEnd;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(OnStopping);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_drainEnd is { } timer)
        {
            await timer.DisposeAsync();
        }
    }

    /// <summary>Begins to stop; asked again, stops waiting for anything.</summary>
    public void Stop()
    {
        if (Interlocked.Increment(ref _stops) > 1)
        {
            LogHurry(logger);
            _hurry.Cancel();
            connections.AbortAll();
            return;
        }

        state.Begin();
        _ = StopAfterGraceAsync();
    }

    private async Task StopAfterGraceAsync()
    {
        // On one machine, and for a process that applications do not call, nobody watches ready.
        var isWatched = addresses.Data is { IsLoopback: false } || (addresses.Data is not null && options.CurrentValue.Cluster.Redis is not null);
        var grace = isWatched ? ClusterGrace : TimeSpan.Zero;
        LogDraining(logger, connections.Count, grace.TotalSeconds);
        if (grace > TimeSpan.Zero)
        {
            await Task.Delay(grace, clock, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lifetime.StopApplication();
    }

    private void OnStopping()
    {
        state.Begin();
        _drainEnd = clock.CreateTimer(
            _ =>
            {
                var aborted = connections.AbortAll();
                if (aborted > 0)
                {
                    LogCut(logger, aborted);
                }
            },
            null,
            TimeSpan.FromSeconds(options.CurrentValue.Listen.DrainSeconds),
            Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(LogLevel.Information, "Stopping: {Connections} connections are open, new ones are taken for {GraceSeconds} s")]
    private static partial void LogDraining(ILogger logger, int connections, double graceSeconds);

    [LoggerMessage(LogLevel.Warning, "{Connections} connections did not end in time and were cut")]
    private static partial void LogCut(ILogger logger, int connections);

    [LoggerMessage(LogLevel.Warning, "Told to stop again: not waiting for connections any more")]
    private static partial void LogHurry(ILogger logger);
}
