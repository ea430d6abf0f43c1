namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Numbers of this slice's log events.</summary>
internal static class ResilienceEventIds
{
    public const int SlotsUnanswered = 2400;
    public const int MemoryFull = 2401;
}
