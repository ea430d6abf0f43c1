namespace ProxyCluster.Core.ConnectionPools;

/// <summary>How many connections to a host may be open, and how many more are opened ahead (SPEC section 6).</summary>
public static class ConnectionLimit
{
    /// <summary>
    /// The limit: what is in flight and its headroom, not below the warm size, and never above what the host's providers
    /// take at once. Below that it is always above the requests in flight, so that none of them waits for another.
    /// </summary>
    /// <param name="size">Connections kept ready.</param>
    /// <param name="inFlight">Requests at the host now, 0 or more.</param>
    /// <param name="headroom">Connections beyond those, as a share of them; above 0.</param>
    /// <param name="most">What the providers take at once; at least 1.</param>
    public static int For(int size, int inFlight, double headroom, int most)
    {
        var wanted = Math.Ceiling((inFlight * (1 + headroom)) - 1e-9);
        return (int)Math.Min(Math.Max(wanted, size), most);
    }

    /// <summary>How many connections to open ahead of any request.</summary>
    /// <param name="size">Connections kept ready; 0: none.</param>
    /// <param name="open">Connections that are open or being opened, with and without a request.</param>
    /// <param name="most">What the providers take at once; at least 1.</param>
    /// <param name="isShared">Whether one connection carries many requests (HTTP/2): then a single one is as good as all.</param>
    public static int Missing(int size, int open, int most, bool isShared)
    {
        var wanted = isShared ? Math.Min(size, 1) : Math.Min(size, most);
        return Math.Max(0, wanted - open);
    }
}
