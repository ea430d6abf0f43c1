using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Dashboard;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Health;
using ProxyCluster.GatewayApi.Hosting.Tls;
using ProxyCluster.GatewayApi.Routing;
using ClusterOptions = Orleans.Configuration.ClusterOptions;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Makes the process a client of the cluster: it starts whether or not the cluster is there, and comes back by itself.</summary>
internal static class ClusterClientSetup
{
    public static void AddClusterClient(this IHostApplicationBuilder builder, ProxyClusterOptions options)
    {
        var before = builder.Services.Count;
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = options.Cluster.ClusterId;
                cluster.ServiceId = options.Cluster.ServiceId;
            });
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(10));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = RedisConnection.ResponseTimeout);
            client.UseConnectionRetryFilter<ConnectForEver>();
            client.AddOutgoingGrainCallFilter<RetryUndelivered>();
            client.AddDashboard(dashboard => dashboard.HideTrace = true);
            if (ClusterTls.Load(options.Cluster.Tls) is { } tls)
            {
                client.Services.AddSingleton(tls.Certificate);
                client.UseTls(tls.Configure);
            }

            if (options.Cluster.Redis is { } redis)
            {
                client.UseRedisClustering(clustering => clustering.ConfigurationOptions = RedisConnection.Options(redis));
            }
            else
            {
                client.UseLocalhostClustering(options.Cluster.GatewayPort, options.Cluster.ServiceId, options.Cluster.ClusterId);
            }
        });
        StartInBackground(builder.Services, before);
        builder.Services.AddSingleton<ClusterConnection>();
        builder.Services.Replace(ServiceDescriptor.Singleton<IGrainFactory, ConnectedGrainFactory>());
        builder.Services.AddSingleton(Readiness);
    }

    // A gateway that has kept a snapshot serves by it: it is there for the time when no cluster answers.
    private static ReadinessPart Readiness(IServiceProvider provider)
    {
        var connection = provider.GetRequiredService<ClusterConnection>();
        var snapshots = provider.GetRequiredService<IRoutingSnapshotSource>();
        return new("cluster", () => connection.HasJoined || snapshots.Current.Definitions.Version != SnapshotVersion.None
            ? null
            : "The process has not joined its cluster yet, and has kept no snapshot of it.");
    }

    // Orleans registers its client as a hosted service that connects while it starts, and nothing after it would start until then.
    private static void StartInBackground(IServiceCollection services, int from)
    {
        for (var i = from; i < services.Count; i++)
        {
            if (services[i] is { ServiceType: var type, ImplementationFactory: { } factory } && type == typeof(IHostedService))
            {
                services[i] = ServiceDescriptor.Singleton<IHostedService>(provider =>
                    new ClusterClientStart((IHostedService)factory(provider), provider.GetRequiredService<ClusterConnection>()));
            }
        }
    }
}
