namespace ProxyCluster.GrainInterfaces.Routing;

/// <summary>Where the routing table is found.</summary>
public static class RoutingTable
{
    /// <summary>The only key.</summary>
    public const string Key = "table";

    /// <summary>The longest wait of a poll: below every response time-out.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);
}
