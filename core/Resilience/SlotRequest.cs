using Orleans;

namespace ProxyCluster.Core.Resilience;

/// <summary>A gateway renews its share of a provider's slots.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="Sequence">Counts this gateway's requests for this provider from 1; a late one is passed over.</param>
/// <param name="Held">
/// The most that the gateway has in use until it hears the answer: it has given up the rest of its last share before it asked.
/// </param>
/// <param name="Wanted">What it would like to have in all; 0 with nothing held: it returns its lease.</param>
/// <param name="Gateways">How many gateways it knows of, itself included; at least 1.</param>
[GenerateSerializer, Immutable, Alias("pc.slot-request")]
public readonly record struct SlotRequest(
    [property: Id(0)] Guid Gateway,
    [property: Id(1)] long Sequence,
    [property: Id(2)] int Held,
    [property: Id(3)] int Wanted,
    [property: Id(4)] int Gateways);
