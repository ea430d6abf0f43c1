using ProxyCluster.Core.Providers;

namespace ProxyCluster.GrainInterfaces.Providers;

/// <summary>A provider's circuit as the admin API shows it.</summary>
/// <param name="State">Whether the provider is asked.</param>
/// <param name="Since">From when; <see langword="null"/>: it has never been another.</param>
/// <param name="Openings">How often it has opened in a row.</param>
/// <param name="NextProbe">When a probe may be sent; <see langword="null"/>: it is closed.</param>
/// <param name="Share">The share of its traffic while it comes back; <see langword="null"/>: all.</param>
[GenerateSerializer, Immutable, Alias("pc.circuit-description")]
public sealed record CircuitDescription(
    [property: Id(0)] CircuitState State,
    [property: Id(1)] DateTimeOffset? Since,
    [property: Id(2)] int Openings,
    [property: Id(3)] DateTimeOffset? NextProbe,
    [property: Id(4)] double? Share);
