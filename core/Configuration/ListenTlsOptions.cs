namespace ProxyCluster.Core.Configuration;

/// <summary>What the listeners with <c>https://</c> show. The files are read again when they change.</summary>
public sealed class ListenTlsOptions
{
    /// <summary>A PEM file: the certificate first, then those that lead to its authority. Default none.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the certificate's private key, unencrypted. Default none.</summary>
    public string? Key { get; set; }
}
