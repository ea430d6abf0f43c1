namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Numbers of what the routing slice logs in gateways: 2,100 to 2,199.</summary>
internal static class RoutingEventIds
{
    public const int SnapshotForeign = 2100;
    public const int SnapshotUnreadable = 2101;
    public const int SnapshotUnwritten = 2102;
    public const int ClusterSilent = 2103;
    public const int ClusterHeard = 2104;
    public const int FileNotInForce = 2105;
    public const int ReportsDropped = 2107;
    public const int ReportsLost = 2108;
    public const int StrategyFailed = 2110;
    public const int StrategyMissing = 2111;
}
