namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Numbers of this slice's log events.</summary>
internal static class PoolEventIds
{
    public const int Swapped = 2410;
    public const int NotSwapped = 2411;
    public const int Unreachable = 2412;
    public const int UpkeepFailed = 2413;
}
