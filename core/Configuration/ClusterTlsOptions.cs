namespace ProxyCluster.Core.Configuration;

/// <summary>
/// Mutual TLS between silos, and between gateways and silos: each side shows a certificate of the cluster's authority, or does
/// not get in. The files are read again when they change.
/// </summary>
public sealed class ClusterTlsOptions
{
    /// <summary>A PEM file: this process's certificate first, then those that lead to the authority. Default none: no TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the certificate's private key, unencrypted. Default none.</summary>
    public string? Key { get; set; }

    /// <summary>A PEM file with the certificates of the authorities whose certificates are let in. Default none.</summary>
    public string? Authority { get; set; }

    /// <summary>
    /// A DNS name that certificates must be for, where the authority signs for others too. Default none: every certificate of
    /// the authority is let in.
    /// </summary>
    public string? Name { get; set; }
}
