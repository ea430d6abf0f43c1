using System.Text.Json;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Settings that a running process cannot change: its sockets, its cluster, its role, its way out, its log, what roles may do and the code it has loaded.</summary>
internal static class FixedSettings
{
    /// <summary>
    /// Puts what is in force back into a new configuration, so that nobody decides by listeners that are not there:
    /// whether credentials are asked for depends on them.
    /// </summary>
    public static void Keep(ProxyClusterOptions inForce, ProxyClusterOptions next)
    {
        next.Listen = inForce.Listen;
        next.Cluster = inForce.Cluster;
        next.Role = inForce.Role;
        next.Region = inForce.Region;
        next.Outbound = inForce.Outbound;
        next.Telemetry = inForce.Telemetry;
        next.Auth.Roles.Clear();
        foreach (var (name, role) in inForce.Auth.Roles)
        {
            next.Auth.Roles.Add(name, role);
        }

        next.Extensions.Clear();
        foreach (var extension in inForce.Extensions)
        {
            next.Extensions.Add(extension);
        }
    }

    /// <summary>The names of those that differ.</summary>
    public static IReadOnlyList<string> Changed(ProxyClusterOptions inForce, ProxyClusterOptions next)
    {
        List<string> changed = [];
        Compare("Listen", inForce.Listen, next.Listen);
        Compare("Cluster", inForce.Cluster, next.Cluster);
        Compare("Role", inForce.Role, next.Role);
        Compare("Region", inForce.Region, next.Region);
        Compare("Outbound", inForce.Outbound, next.Outbound);
        Compare("Telemetry", inForce.Telemetry, next.Telemetry);
        Compare("Auth:Roles", inForce.Auth.Roles, next.Auth.Roles);
        Compare("Extensions", inForce.Extensions, next.Extensions);
        return changed;

        void Compare<T>(string name, T before, T after)
        {
            if (!JsonSerializer.SerializeToUtf8Bytes(before).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(after)))
            {
                changed.Add(name);
            }
        }
    }
}
