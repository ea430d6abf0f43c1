namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>What a gateway asks leave for.</summary>
public enum ProbeKind
{
    /// <summary>The one call that a half-open circuit lets through at a time.</summary>
    HalfOpen = 0,

    /// <summary>A check of a provider that has had no call for a while.</summary>
    Idle = 1,
}
