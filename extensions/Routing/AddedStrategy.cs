namespace ProxyCluster.Extensions.Routing;

/// <summary>A routing strategy that was registered.</summary>
/// <param name="Name">As configuration names it.</param>
/// <param name="Strategy">Chooses.</param>
internal sealed record AddedStrategy(string Name, RoutingStrategy Strategy);
