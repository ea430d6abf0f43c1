namespace ProxyCluster.Core.Routing;

/// <summary>Tells how many requests this process has in flight at a provider, at this moment.</summary>
public interface IInFlightView
{
    /// <summary>Requests in flight; at least 0.</summary>
    /// <param name="provider">The provider's name.</param>
    int InFlight(string provider);

    /// <summary>Requests in flight in the whole cluster: what the score vector told, brought up to date by what this process knows.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="told">The vector's figure: up to half a second old, with this process's own share in it.</param>
    int InCluster(string provider, int told) => Math.Max(told, InFlight(provider));

    /// <summary>The counter of one provider, for who asks for each request: no look-up by name. Right as long as the view lives.</summary>
    /// <param name="provider">The provider's name.</param>
    IInFlightCounter CounterOf(string provider) => new Named(this, provider);

    private sealed class Named(IInFlightView view, string provider) : IInFlightCounter
    {
        public int InCluster(int told) => view.InCluster(provider, told);
    }
}
