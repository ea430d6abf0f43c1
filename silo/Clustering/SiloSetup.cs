using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Hosting.Tls;
using ProxyCluster.Grains;
using ProxyCluster.Silo.Storage;
using ClusterOptions = Orleans.Configuration.ClusterOptions;

namespace ProxyCluster.Silo.Clustering;

/// <summary>Makes the process a silo: alone with SQLite, or a member of a cluster on Redis.</summary>
internal static class SiloSetup
{
    /// <summary>
    /// Addresses of other silos' grains that are remembered; one more costs a call to its directory partition. Orleans's
    /// default of a million takes 19 MB before there is any grain.
    /// </summary>
    private const int RememberedGrains = 100_000;

    public static void AddSilo(this IHostApplicationBuilder builder, ProxyClusterOptions options, DataDirectory? data, SiloPorts ports)
    {
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = options.Cluster.ClusterId;
                cluster.ServiceId = options.Cluster.ServiceId;
            });
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = RedisConnection.ResponseTimeout);
            silo.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = RedisConnection.ResponseTimeout);
            silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = RememberedGrains);
            silo.AddOutgoingGrainCallFilter<RetryUndelivered>();
            silo.AddDashboard(dashboard =>
            {
                dashboard.HideTrace = true;
                dashboard.CounterUpdateIntervalMs = 5000;
            });
            if (ClusterTls.Load(options.Cluster.Tls) is { } tls)
            {
                silo.Services.AddSingleton(tls.Certificate);
                silo.UseTls(tls.Configure);
            }

            CountedBatches.AddTo(silo);
            silo.Services.AddGrains();
            silo.Services.AddAuditKeys();
            if (options.Cluster.Redis is { } redis)
            {
                AddCluster(silo, options, redis, ports);
            }
            else
            {
                silo.UseLocalhostClustering(ports.Silo, ports.Gateway, primarySiloEndpoint: null, options.Cluster.ServiceId, options.Cluster.ClusterId);
                silo.AddSqliteStorage(data!.Database);
                silo.AddSqliteGrantStorage(data.GrantsDatabase);
            }
        });
    }

    private static void AddCluster(ISiloBuilder silo, ProxyClusterOptions options, string redis, SiloPorts ports)
    {
        silo.UseRedisClustering(clustering => clustering.ConfigurationOptions = RedisConnection.Options(redis));
        silo.AddRedisStorage(redis);
        silo.AddRedisGrantStorage(redis, options.Cluster.ServiceId);
        if (options.Cluster.AdvertisedAddress is { } address)
        {
            silo.ConfigureEndpoints(IPAddress.Parse(address), ports.Silo, ports.Gateway, listenOnAnyHostAddress: true);
        }
        else
        {
            silo.ConfigureEndpoints(ports.Silo, ports.Gateway, listenOnAnyHostAddress: true);
        }

        silo.Configure<ClusterMembershipOptions>(TuneMembership);
    }

    // A killed silo is out after about 2 s in place of 10 s, a frozen one after 18 s in place of two minutes. Three missed
    // probes and two votes: with two and one it is faster by a second, and one starved silo could evict a healthy one.
    private static void TuneMembership(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
        membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
    }
}
