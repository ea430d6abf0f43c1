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
        var directory = grains.GetGrain<IKeyDirectoryGrain>(shard);
        try
        {
            return await directory.CountAsync().Within(clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing is known of it, here as everywhere.
            return default;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A silo of an older release, while the cluster goes over to a newer one, does not know the question: what it says
            // of it is whatever its serializer makes of it. It is asked in a way that all know.
            return await CountAsync(directory, clock, cancellationToken);
        }
    }

    private static async Task<KeyCounts> CountAsync(IKeyDirectoryGrain directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (counts, now) = (default(KeyCounts), clock.GetUtcNow());
        var query = new KeyQuery(null, KeyDirectory.LargestPage);
        try
        {
            while (true)
            {
                var page = await directory.ListAsync(query).Within(clock, cancellationToken);
                counts = page.Aggregate(counts, (sum, key) => sum.With(key.Record.Revoked, key.Record.ExpiresAt, now));
                if (page.Length < query.Most)
                {
                    return counts;
                }

                query = query with { After = page[^1].Record.PublicId };
            }
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            return default;
        }
    }
}
