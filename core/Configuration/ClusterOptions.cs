using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Clustering and storage.</summary>
public sealed class ClusterOptions
{
    /// <summary>A StackExchange.Redis connection string or a secret reference; <c>null</c>: one machine, state in SQLite.</summary>
    [SecretValue]
    public string? Redis { get; set; }

    /// <summary>Names the cluster: processes of one name find each other.</summary>
    public string ClusterId { get; set; } = "proxycluster";

    /// <summary>Names the stored state: it outlives clusters.</summary>
    public string ServiceId { get; set; } = "proxycluster";

    /// <summary>Between silos.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Between gateways and silos.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address other processes reach this silo at; <c>null</c>: loopback when embedded, else this host's own.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>TLS between silos and gateways. Default none.</summary>
    public ClusterTlsOptions Tls { get; } = new();

    /// <summary>State of an embedded process, and the gateway's last snapshot.</summary>
    public string DataDirectory { get; set; } = "./data";
}
