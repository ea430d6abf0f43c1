namespace ProxyCluster.Core.Routing;

/// <summary>Counts the requests in flight at one provider.</summary>
public interface IInFlightCounter
{
    /// <summary>Requests in flight in the whole cluster, as <see cref="IInFlightView.InCluster"/> tells them.</summary>
    /// <param name="told">The vector's figure.</param>
    int InCluster(int told);
}
