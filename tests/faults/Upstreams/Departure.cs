namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>When a client leaves its stream.</summary>
internal enum Departure
{
    /// <summary>It has sent its request, and has heard nothing.</summary>
    BeforeHeaders,

    /// <summary>The first bytes of the stream have come.</summary>
    InTheFirstEvent,

    /// <summary>Some words have come, and more would.</summary>
    Midway,

    /// <summary>The last event has come, and the response's own end may be on its way.</summary>
    AtTheEnd,

    /// <summary>It stays until the response has ended.</summary>
    Never,
}
