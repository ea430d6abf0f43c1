namespace ProxyCluster.Core.Providers;

/// <summary>What the cluster thinks of a provider (SPEC section 1).</summary>
public enum ProviderStatus
{
    /// <summary>No outcome is known.</summary>
    Unknown = 0,

    /// <summary>It answers.</summary>
    Healthy = 1,

    /// <summary>It answers, with errors above 10 % of the last outcomes.</summary>
    Degraded = 2,

    /// <summary>Half of its last outcomes or more are failures.</summary>
    Unhealthy = 3,

    /// <summary>Not enabled.</summary>
    Disabled = 4,
}
