namespace ProxyCluster.Core.Providers;

/// <summary>Whether a provider may be asked (SPEC section 2): one circuit for the whole cluster, owned by the provider's grain.</summary>
public enum CircuitState
{
    /// <summary>Requests go through.</summary>
    Closed = 0,

    /// <summary>Nobody asks it until its time is over, unless it is the last one that serves a model.</summary>
    Open = 1,

    /// <summary>One probe in the whole cluster may ask it.</summary>
    HalfOpen = 2,
}
