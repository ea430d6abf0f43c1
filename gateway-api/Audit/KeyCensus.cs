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
        foreach (var entry in keys.File.Values)
        {
            census = census.With(entry, clock);
        }

        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            foreach (var entry in keys.EntriesOf(shard))
            {
                census = census.With(entry, clock);
            }
        }

        return census;
    }

    private KeyCensus With(KeyEntry entry, TimeProvider clock)
    {
        if (entry.Revoked)
        {
            return this with { Revoked = Revoked + 1 };
        }

        return entry.IsGood(clock) ? this with { Active = Active + 1 } : this with { Expired = Expired + 1 };
    }
}
