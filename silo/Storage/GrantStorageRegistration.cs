using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Silo.Storage;

/// <summary>Registers the storage of states that are written before each grant.</summary>
internal static class GrantStorageRegistration
{
    /// <summary>In a SQLite file.</summary>
    public static void AddSqliteGrantStorage(this ISiloBuilder silo, string file) =>
        silo.Services.AddGrainStorage(StorageNames.Grants, (services, _) => new SqliteGrantStorage(
            file, StorageNames.GrantsLifetime, services.GetRequiredService<Serializer>(), services.GetRequiredService<TimeProvider>()));

    /// <summary>In Redis.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="redis"><c>Cluster:Redis</c>.</param>
    /// <param name="serviceId">Keeps clusters that share a Redis apart.</param>
    public static void AddRedisGrantStorage(this ISiloBuilder silo, string redis, string serviceId) =>
        silo.Services.AddGrainStorage(StorageNames.Grants, (services, _) => new RedisGrantStorage(
            RedisConnection.Options(redis), serviceId, StorageNames.GrantsLifetime, services.GetRequiredService<Serializer>()));
}
