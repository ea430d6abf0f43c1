namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>Numbers of what the circuits slice logs in gateways: 2,330 to 2,339.</summary>
internal static class CircuitEventIds
{
    public const int ProbeUnanswered = 2330;
    public const int CheckUnanswered = 2331;
}
