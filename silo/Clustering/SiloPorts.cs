using System.Net;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Silo.Clustering;

/// <summary>The ports a silo takes.</summary>
/// <param name="Silo">Between silos.</param>
/// <param name="Gateway">Between gateways and silos.</param>
/// <param name="Moved">What to tell the operator; <see langword="null"/>: they are the configured ones.</param>
internal sealed record SiloPorts(int Silo, int Gateway, string? Moved)
{
    /// <summary>
    /// Checks the configured ports. A process that is silo and gateway in one moves on to free ones, since nobody else
    /// needs to know them; any other is refused, since its peers and gateways look for it there.
    /// </summary>
    /// <exception cref="StartFault">A port is in use.</exception>
    public static SiloPorts Choose(ProxyClusterOptions options)
    {
        var isEmbedded = options.Cluster.Redis is null;
        var address = isEmbedded ? IPAddress.Loopback : IPAddress.Any;
        var mayMove = isEmbedded && options.Role == "all";
        var silo = Choose(address, options.Cluster.SiloPort, mayMove, "Cluster:SiloPort");
        var gateway = Choose(address, options.Cluster.GatewayPort, mayMove, "Cluster:GatewayPort");
        var moved = (silo, gateway) == (options.Cluster.SiloPort, options.Cluster.GatewayPort) || options.Cluster.SiloPort == 0
            ? null
            : $"silo ports {silo} and {gateway}, since {options.Cluster.SiloPort} or {options.Cluster.GatewayPort} is in use";
        return new(silo, gateway, moved);
    }

    private static int Choose(IPAddress address, int port, bool mayMove, string setting)
    {
        if (port == 0)
        {
            return PortProbe.AnyFree(address);
        }

        if (mayMove && PortProbe.NextFree(address, port) is { } free)
        {
            return free;
        }

        return PortProbe.IsFree(address, port)
            ? port
            : throw new StartFault($"The port {port} is in use by another process. Stop it, or set {setting} to another port.");
    }
}
