using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Grains;
using ProxyCluster.Grains.Storage;
using ProxyCluster.Silo.Storage;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Bench.Limits;

/// <summary>Where a silo keeps what it grants.</summary>
internal enum GrantStore
{
    SqliteTogether,
    SqliteEach,
    RedisOwn,
    RedisOfOrleans,
}

/// <summary>One silo in this process, with limiter grains and their store, and nothing else.</summary>
internal static class LimiterSilo
{
    public static async Task<IHost> StartAsync(GrantStore store, string directory, string redis)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePorts.Next(), FreePorts.Next());
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(new FixedOptions());
            silo.Services.AddGrains();
            silo.Configure<GrainCollectionOptions>(collection => collection.CollectionQuantum = TimeSpan.FromSeconds(30));
            AddStore(silo, store, directory, redis);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static void AddStore(ISiloBuilder silo, GrantStore store, string directory, string redis)
    {
        switch (store)
        {
            case GrantStore.SqliteTogether:
                silo.AddSqliteGrantStorage(Path.Combine(directory, "grants.db"));
                break;
            case GrantStore.RedisOwn:
                silo.AddRedisGrantStorage(redis, "bench");
                break;
            case GrantStore.SqliteEach:
                silo.AddSqliteStorage(Path.Combine(directory, "state.db"));
                UseDefault(silo);
                break;
            default:
                silo.AddRedisGrainStorage("Default", storage => storage.ConfigurationOptions = StackExchange.Redis.ConfigurationOptions.Parse(redis));
                UseDefault(silo);
                break;
        }
    }

    private static void UseDefault(ISiloBuilder silo) => silo.Services.AddKeyedSingleton(
        StorageNames.Grants, (services, _) => services.GetRequiredKeyedService<IGrainStorage>("Default"));

    private sealed class FixedOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
