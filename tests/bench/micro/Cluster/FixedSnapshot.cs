using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.Bench.Micro.Cluster;

/// <summary>A cluster without providers.</summary>
internal sealed class FixedSnapshot : IRoutingSnapshotSource
{
    public RoutingSnapshot Current => RoutingSnapshot.Empty;
}
