namespace ProxyCluster.Core.Resilience;

/// <summary>Who is served longest when there is not enough for all. RELIABILITY section 6.4.</summary>
public enum RequestPriority
{
    /// <summary>Can wait: first to be refused.</summary>
    Batch = 0,

    /// <summary>What says nothing else.</summary>
    Normal = 1,

    /// <summary>Somebody is waiting for it.</summary>
    High = 2,

    /// <summary>Refused only where nothing more fits at all.</summary>
    Critical = 3,
}
