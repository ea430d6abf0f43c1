using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Persistence;
using Orleans.Providers;
using Orleans.Storage;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Silo.Storage;

/// <summary>Grain state in Redis, for a cluster.</summary>
internal static class RedisStorage
{
    /// <summary>Adds the storage <c>Default</c>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="redis"><c>Cluster:Redis</c>.</param>
    public static void AddRedisStorage(this ISiloBuilder silo, string redis)
    {
        const string Name = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        silo.AddRedisGrainStorage(Name, storage => storage.ConfigurationOptions = RedisConnection.Options(redis));
        silo.Services.Replace(ServiceDescriptor.KeyedSingleton<IGrainStorage>(
            Name, (provider, _) => new PlainFailures(RedisGrainStorageFactory.Create(provider, Name))));
    }
}
