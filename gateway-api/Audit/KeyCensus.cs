using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>How many API keys there are, as this gateway knows them: it answers also while the cluster does not.</summary>
/// <param name="Active">That work.</param>
/// <param name="Expired">Whose time is over.</param>
/// <param name="Revoked">That were taken back.</param>
internal readonly record struct KeyCensus(int Active, int Expired, int Revoked)
{
    /// <summary>Counts.</summary>
    public static KeyCensus Of(KeyTable keys, TimeProvider clock)
    {
        var census = default(KeyCensus);
        var now = clock.GetUtcNow();
        foreach (var key in keys.File.Values)
        {
            census = census.With(key.Record.Revoked, key.Record.ExpiresAt, now);
        }

        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            foreach (var packed in keys.PackedOf(shard))
            {
                census = census.With(KeyPacking.IsRevoked(packed.Span), KeyPacking.EndOf(packed.Span), now);
            }
        }

        return census;
    }

    private KeyCensus With(bool isRevoked, DateTimeOffset? end, DateTimeOffset now)
    {
        if (isRevoked)
        {
            return this with { Revoked = Revoked + 1 };
        }

        return end is null || end > now ? this with { Active = Active + 1 } : this with { Expired = Expired + 1 };
    }
}
