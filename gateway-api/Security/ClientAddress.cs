namespace ProxyCluster.GatewayApi.Security;

/// <summary>Where a request comes from.</summary>
internal static class ClientAddress
{
    /// <summary>The address of the socket's other end, IPv4 as such; <see langword="null"/>: it has none.</summary>
    public static string? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}
