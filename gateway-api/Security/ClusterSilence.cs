namespace ProxyCluster.GatewayApi.Security;

/// <summary>Tells a cluster that does not answer from a fault of our own.</summary>
internal static class ClusterSilence
{
    /// <summary>Whether an exception of a grain call means that silo or store do not answer: nothing is wrong with the request.</summary>
    public static bool Caused(Exception exception) => exception
        is OrleansException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException
        or InvalidOperationException { Source: "Orleans.Core" or "Orleans.Runtime" };
}
