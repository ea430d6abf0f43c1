namespace ProxyCluster.Core.Routing;

/// <summary>Tells how many requests this process has in flight at a provider, at this moment.</summary>
public interface IInFlightView
{
    /// <summary>Requests in flight; at least 0.</summary>
    /// <param name="provider">The provider's name.</param>
    int InFlight(string provider);
}
