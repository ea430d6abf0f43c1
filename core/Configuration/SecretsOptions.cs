namespace ProxyCluster.Core.Configuration;

/// <summary>How secrets that the cluster stores are sealed.</summary>
public sealed class SecretsOptions
{
    /// <summary>
    /// At least 32 bytes under which stored secrets are sealed, as <c>${NAME}</c> or <c>file:/path</c>, the same in every gateway;
    /// <c>null</c>: made in the data directory when embedded, and in a cluster none, so that it stores references only.
    /// </summary>
    [SecretValue]
    public string? Kek { get; set; }

    /// <summary>The one before it, or the one to come: it opens what is sealed under it, and seals nothing; <c>null</c>: there is none.</summary>
    [SecretValue]
    public string? PreviousKek { get; set; }
}
