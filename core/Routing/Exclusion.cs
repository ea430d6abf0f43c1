namespace ProxyCluster.Core.Routing;

/// <summary>
/// What speaks against asking a candidate. The first six only put it behind others: the candidates with the smallest sum
/// of them go first, so that the last provider of a model is never ejected. The others rule it out.
/// </summary>
[Flags]
public enum Exclusion
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has just come back, and this request is not in the share of its traffic that it gets so far.</summary>
    SlowStart = 1,

    /// <summary>It has as many requests in flight as it takes.</summary>
    Full = 2,

    /// <summary>Half of its last outcomes or more are failures.</summary>
    Unhealthy = 4,

    /// <summary>Its circuit is half-open, and this process has no permit to probe it.</summary>
    CircuitHalfOpen = 8,

    /// <summary>It has said that it wants no request for this model for a while (429).</summary>
    Resting = 16,

    /// <summary>Its circuit is open.</summary>
    CircuitOpen = 32,

    /// <summary>The gateway would have to make up for what it cannot do, and another one can do it.</summary>
    Makeshift = 64,

    /// <summary>Of an ordered alias, an earlier one is left.</summary>
    LaterInOrder = 128,

    /// <summary>A provider whose circuit is half-open is probed by this request.</summary>
    ProbeFirst = 16384,

    /// <summary>The request seems too long for it, and another one fits. An estimate alone refuses nobody.</summary>
    ContextLength = 256,

    /// <summary>It cannot do what is asked.</summary>
    Capability = 512,

    /// <summary>It has been asked for this request already.</summary>
    Tried = 1024,

    /// <summary>Another provider was asked for by name.</summary>
    NotNamed = 2048,

    /// <summary>Its definition is not enabled.</summary>
    Disabled = 4096,

    /// <summary>It finishes what it has, and gets nothing new.</summary>
    Draining = 8192,

    /// <summary>The caller may not use this model.</summary>
    ModelNotAllowed = 32768,

    /// <summary>The caller may not be served in this provider's region.</summary>
    RegionNotAllowed = 65536,
}
