namespace ProxyCluster.Core.Routing;

/// <summary>
/// What this process itself knows of providers, fresher than the cluster's word: whether the next request may be the one
/// probe of a half-open circuit, and whom it has just seen fail or reach a limit. Takes nothing. Thread-safe.
/// </summary>
public interface IProviderAdvice
{
    /// <summary>
    /// Whether this process holds the permit of a probe now, and the request may be it. Such a provider goes before all
    /// others, so that the probe is made.
    /// </summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="isUrgent">Whether the request is to be spared: it is the probe only where no other comes in time.</param>
    bool MayProbe(string provider, bool isUrgent);

    /// <summary>Whether there is nothing to say of anybody, the probes apart: the usual case, in which nobody is asked about.</summary>
    bool IsSilent => true;

    /// <summary>Whether it has just failed here so often that it is not to be asked for a moment.</summary>
    /// <param name="provider">The provider's name.</param>
    bool IsShunned(string provider) => false;

    /// <summary>Whether its limit for a model has just been reached here.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="entry">The provider's entry.</param>
    bool Rests(string provider, string entry) => false;
}
