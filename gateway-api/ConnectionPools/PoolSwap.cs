using System.Diagnostics;

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

/// <summary>Names of <see cref="PoolSwap"/> in metrics and in the admin API.</summary>
internal static class PoolSwaps
{
    public static int Count { get; } = Enum.GetValues<PoolSwap>().Length;

    public static string NameOf(PoolSwap reason) => reason switch
    {
        PoolSwap.Recycled => "recycled",
        PoolSwap.AddressesMoved => "addresses_moved",
        PoolSwap.SettingsChanged => "settings_changed",
        _ => throw new UnreachableException($"The reason {reason} has no name."),
    };
}
