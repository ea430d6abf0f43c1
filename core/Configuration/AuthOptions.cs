using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>Who may call.</summary>
public sealed class AuthOptions
{
    /// <summary>
    /// Whether credentials are asked for. <c>null</c>: only if there are keys in the file. Where a listener is not on
    /// loopback it takes <c>true</c>, or a key in the file: otherwise the process does not start.
    /// </summary>
    public bool? Required { get; set; }

    /// <summary>
    /// Keys of the file. Keys made through the API are kept by the cluster.
    /// </summary>
    public IList<KeyOptions> Keys { get; } = [];

    /// <summary>A secret reference to at least 32 bytes, the same in every process; <c>null</c>: made in the data directory when embedded.</summary>
    [SecretValue]
    public string? Pepper { get; set; }

    /// <summary>How long a gateway cut off from the cluster still trusts the keys it knows, in seconds. Default 300.</summary>
    [Range(1, 86400)]
    public int MaxStaleSeconds { get; set; } = 300;
}
