namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>Whether a gateway may probe a provider. Others may not until it has reported, or the time is over.</summary>
/// <param name="Number">To be reported with the probe's outcome; 0: no permit is given.</param>
/// <param name="Time">How long the permit lasts; without one, how long to wait before asking again.</param>
[GenerateSerializer, Immutable, Alias("pc.probe-permit")]
public readonly record struct ProbePermit(
    [property: Id(0)] long Number,
    [property: Id(1)] TimeSpan Time);
