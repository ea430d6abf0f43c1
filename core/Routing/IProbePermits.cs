namespace ProxyCluster.Core.Routing;

/// <summary>Tells whether the next request may be the one probe of a provider whose circuit is half-open. Takes nothing.</summary>
public interface IProbePermits
{
    /// <summary>Whether this process holds the permit now. Such a provider goes before all others, so that the probe is made.</summary>
    /// <param name="provider">The provider's name.</param>
    bool MayProbe(string provider);
}
