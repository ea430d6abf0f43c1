using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Looks after the pools in the background: sizes, addresses, replacements, connections opened ahead. No request waits for it.</summary>
internal sealed partial class PoolKeeper(
    HostPools hosts, UpstreamPool clients, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock, ILogger<PoolKeeper> logger) : BackgroundService
{
    // A host that does not answer holds up its own upkeep and no other's.
    private readonly ConcurrentDictionary<HostPool, Task> _tending = [];
    private readonly ConcurrentDictionary<HostPool, long> _failedAt = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(options.CurrentValue.Pools.UpkeepSeconds), clock, stoppingToken);
            foreach (var pool in hosts.All)
            {
                if (!_tending.TryGetValue(pool, out var last) || last.IsCompleted)
                {
                    _tending[pool] = TendSafelyAsync(pool, stoppingToken);
                }
            }

            Forget(hosts.All);
        }
    }

    /// <summary>Does for one pool what is due.</summary>
    internal async Task TendAsync(HostPool pool, CancellationToken cancellationToken)
    {
        var settings = pool.Settings = options.CurrentValue.Pools;
        pool.Addresses.Lifetime = TimeSpan.FromSeconds(settings.DnsSeconds);
        pool.Resize();
        await pool.Addresses.RefreshAsync(cancellationToken);
        if (DueSwap(pool) is { } reason)
        {
            if (clients.TrySwap(pool, reason, out var fault))
            {
                LogSwapped(logger, pool.Name, PoolSwaps.NameOf(reason));
            }
            else
            {
                LogNotSwapped(logger, pool.Name, fault ?? "It was removed.");
            }
        }

        await WarmAsync(pool, cancellationToken);
    }

    private async Task TendSafelyAsync(HostPool pool, CancellationToken cancellationToken)
    {
        try
        {
            await TendAsync(pool, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception failure)
        {
            LogFailed(logger, failure, pool.Name);
        }
    }

    private PoolSwap? DueSwap(HostPool pool)
    {
        if (pool.Current is not { } current)
        {
            return null;
        }

        if (pool.Addresses.HaveMoved)
        {
            return PoolSwap.AddressesMoved;
        }

        if (clock.GetElapsedTime(current.Born) >= TimeSpan.FromSeconds(pool.Settings.RecycleSeconds))
        {
            return PoolSwap.Recycled;
        }

        return current.KeepAlive != TimeSpan.FromSeconds(pool.Settings.KeepAliveSeconds) ? PoolSwap.SettingsChanged : null;
    }

    private async Task WarmAsync(HostPool pool, CancellationToken cancellationToken)
    {
        // What a proxy does with a connection that says nothing is not ours to try.
        var mayWarm = !pool.IsCold && (pool.IsDirect || !pool.Key.MayUseProxy);

        // A host that cannot be reached is left alone for a while.
        if (_failedAt.TryGetValue(pool, out var failedAt) && clock.GetElapsedTime(failedAt) < TimeSpan.FromSeconds(pool.Settings.KeepAliveSeconds))
        {
            return;
        }

        if (pool.Current is { } current && !await current.TendAsync(mayWarm ? pool.Size : 0, cancellationToken))
        {
            _failedAt[pool] = clock.GetTimestamp();
            LogUnreachable(logger, pool.Name);
            return;
        }

        _failedAt.TryRemove(pool, out _);
    }

    private void Forget(ICollection<HostPool> known)
    {
        foreach (var pool in _tending.Keys.Except(known))
        {
            _tending.TryRemove(pool, out _);
            _failedAt.TryRemove(pool, out _);
        }
    }

    [LoggerMessage(PoolEventIds.Swapped, LogLevel.Debug, "The connections to {Host} were replaced ({Reason}); those that serve go on")]
    private static partial void LogSwapped(ILogger logger, string host, string reason);

    [LoggerMessage(PoolEventIds.NotSwapped, LogLevel.Warning, "The connections to {Host} could not be replaced and stay: {Fault}")]
    private static partial void LogNotSwapped(ILogger logger, string host, string fault);

    [LoggerMessage(PoolEventIds.Unreachable, LogLevel.Debug, "No connection to {Host} could be opened ahead")]
    private static partial void LogUnreachable(ILogger logger, string host);

    [LoggerMessage(PoolEventIds.UpkeepFailed, LogLevel.Warning, "The upkeep of the connections to {Host} failed and is tried again")]
    private static partial void LogFailed(ILogger logger, Exception failure, string host);
}
