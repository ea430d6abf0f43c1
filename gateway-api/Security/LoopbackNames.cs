namespace ProxyCluster.GatewayApi.Security;

/// <summary>The names by which only this machine is meant.</summary>
internal static class LoopbackNames
{
    /// <summary>Whether a host, without a port, is one of them. Other names could be made to resolve to loopback by anyone.</summary>
    public static bool IsLoopback(ReadOnlySpan<char> host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]" or "::1";
}
