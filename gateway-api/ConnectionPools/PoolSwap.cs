namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Why a host's connections were replaced by new ones.</summary>
internal enum PoolSwap
{
    /// <summary>They had reached their age.</summary>
    Recycled = 0,

    /// <summary>The host's name no longer leads to an address that they go to.</summary>
    AddressesMoved = 1,

    /// <summary>A setting changed that open handlers keep.</summary>
    SettingsChanged = 2,
}
