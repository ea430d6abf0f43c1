using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Outbound;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>The pools of all upstream hosts. One thread changes them at a time; any may read.</summary>
internal sealed class HostPools
{
    private readonly ConcurrentDictionary<HostKey, HostPool> _pools = [];
    private readonly UpstreamHandlers _handlers;
    private readonly IHostResolver _resolver;
    private readonly OutboundGuard _guard;
    private readonly IOptionsMonitor<ProxyClusterOptions> _options;
    private readonly PoolMetrics _metrics;
    private readonly TimeProvider _clock;

    public HostPools(
        UpstreamHandlers handlers, IHostResolver resolver, OutboundGuard guard, IOptionsMonitor<ProxyClusterOptions> options, PoolMetrics metrics, TimeProvider clock)
    {
        (_handlers, _resolver, _guard, _options, _metrics, _clock) = (handlers, resolver, guard, options, metrics, clock);
        metrics.Observe(() => All);
    }

    public ICollection<HostPool> All => _pools.Values;

    /// <summary>The pool of a host, made where there is none.</summary>
    /// <param name="key">The host.</param>
    /// <param name="fault">Why there is none: for logs.</param>
    public HostPool? Find(HostKey key, out string? fault)
    {
        fault = null;
        if (_pools.TryGetValue(key, out var pool))
        {
            return pool;
        }

        pool = new HostPool(key, NameFor(key), new HostAddresses(_resolver, _clock), _options.CurrentValue.Pools, _metrics, _clock);
        pool.Addresses.Lifetime = TimeSpan.FromSeconds(pool.Settings.DnsSeconds);
        return TryRenew(pool, null, out fault) ? _pools[key] = pool : null;
    }

    /// <summary>Replaces a host's connections by new ones. Those that serve go on until they are done.</summary>
    /// <param name="pool">The host's.</param>
    /// <param name="reason">Why; <see langword="null"/>: there are none yet.</param>
    /// <param name="fault">Why not: for logs. The old ones stay then.</param>
    public bool TryRenew(HostPool pool, PoolSwap? reason, out string? fault)
    {
        if (_handlers.Create(pool.Key, out fault) is not { } kept)
        {
            return false;
        }

        if (_handlers.Create(pool.Key, out fault) is not { } fresh)
        {
            kept.Dispose();
            return false;
        }

        var keepAlive = TimeSpan.FromSeconds(pool.Settings.KeepAliveSeconds);
        pool.TakeOver(new PoolGeneration(pool, kept, fresh, keepAlive, _guard, _clock), reason);
        return true;
    }

    /// <summary>Lets go of a host that no provider has any more. Requests in flight go on.</summary>
    public void Remove(HostPool pool)
    {
        if (_pools.TryRemove(new(pool.Key, pool)))
        {
            pool.Current?.Dispose();
        }
    }

    // Pools of one host differ in proxy, authorities or time limit, which are no part of a name in metrics.
    private string NameFor(HostKey key)
    {
        var taken = All.Select(static pool => pool.Name).ToHashSet(StringComparer.Ordinal);
        var name = key.Authority;
        for (var number = 2; taken.Contains(name); number++)
        {
            name = $"{key.Authority}#{number}";
        }

        return name;
    }
}
