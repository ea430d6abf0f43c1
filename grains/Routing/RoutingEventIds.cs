namespace ProxyCluster.Grains.Routing;

/// <summary>Numbers of what the routing slice logs in silos: 2,000 to 2,099.</summary>
internal static class RoutingEventIds
{
    public const int ProviderNotStored = 2000;
    public const int RoutingTableSilent = 2001;
    public const int TableNotStored = 2002;
    public const int FileTaken = 2003;
    public const int FileDrifted = 2004;
    public const int NameClash = 2005;
    public const int RelaySilent = 2006;
    public const int RelayHeard = 2007;
    public const int CircuitOpened = 2020;
    public const int CircuitClosed = 2021;
    public const int CircuitNotStored = 2022;
}
