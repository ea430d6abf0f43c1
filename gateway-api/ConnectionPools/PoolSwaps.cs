using System.Diagnostics;

namespace ProxyCluster.GatewayApi.ConnectionPools;

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
