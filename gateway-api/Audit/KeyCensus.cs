using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// How many API keys there are, as this gateway knows them: it answers also while the cluster does not. Shards that it does
/// not follow are asked: while authentication is open it follows none.
/// </summary>
internal static class KeyCensus
{
    /// <summary>Counts those of the file and those of the directory.</summary>
    public static async Task<KeyCounts> TakeAsync(IGrainFactory grains, KeyTable keys, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var counts = default(KeyCounts);
        foreach (var key in keys.File.Values)
        {
            counts = counts.With(key.Record.Revoked, key.Record.ExpiresAt, now);
        }

        var shards = await Task.WhenAll(Enumerable.Range(0, KeyDirectory.Shards).Select(shard => keys.AgeOf(shard) < TimeSpan.MaxValue
            ? Task.FromResult(Known(keys, shard, now))
            : AskAsync(grains, shard, clock, cancellationToken)));
        return shards.Aggregate(counts, static (sum, shard) => sum + shard);
    }

    private static KeyCounts Known(KeyTable keys, int shard, DateTimeOffset now)
    {
        var counts = default(KeyCounts);
        foreach (var packed in keys.PackedOf(shard))
        {
            counts = counts.With(KeyPacking.IsRevoked(packed.Span), KeyPacking.EndOf(packed.Span), now);
        }

        return counts;
    }

    private static async Task<KeyCounts> AskAsync(IGrainFactory grains, int shard, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<IKeyDirectoryGrain>(shard).CountAsync().Within(clock, cancellationToken);
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            // Nothing is known of it, here as everywhere.
            return default;
        }
    }
}
