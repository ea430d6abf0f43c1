using Orleans;

namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>What of a circuit outlives the process that kept it. Stored at each opening and closing.</summary>
/// <param name="IsOpen">Whether it was opened and has not closed since. Half-open is a matter of time alone.</param>
/// <param name="Since">When it was opened, or closed.</param>
/// <param name="Until">Of an open one: when a probe may be sent.</param>
/// <param name="Openings">How often it has opened in a row.</param>
[GenerateSerializer, Immutable, Alias("pc.circuit-record")]
public sealed record CircuitRecord(
    [property: Id(0)] bool IsOpen,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] DateTimeOffset Until,
    [property: Id(3)] int Openings);
