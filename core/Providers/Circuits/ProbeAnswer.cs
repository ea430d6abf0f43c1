namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>Whether a probe may be sent.</summary>
/// <param name="Permit">The permit's number; 0: none is given.</param>
/// <param name="Time">How long the permit lasts; without one, how long to wait before asking again.</param>
public readonly record struct ProbeAnswer(long Permit, TimeSpan Time);
