namespace ProxyCluster.Core.Outbound;

/// <summary>What an address leads to.</summary>
public enum AddressKind
{
    /// <summary>Reachable over the internet.</summary>
    Public = 0,

    /// <summary>This machine, or a network that is somebody's own.</summary>
    Private = 1,

    /// <summary>No upstream of anybody's: link-local, metadata services of clouds, multicast, reserved.</summary>
    Closed = 2,
}
