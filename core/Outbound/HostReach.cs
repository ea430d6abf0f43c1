namespace ProxyCluster.Core.Outbound;

/// <summary>How far into private networks a connection may go.</summary>
public enum HostReach
{
    /// <summary>Public addresses only: whoever may use the admin API named the host, and need not be who runs the network.</summary>
    Public = 0,

    /// <summary>Loopback and private networks, too: the operator's file or environment named the host.</summary>
    Private = 1,
}
