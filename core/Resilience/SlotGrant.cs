using Orleans;

namespace ProxyCluster.Core.Resilience;

/// <summary>A gateway's share of a provider's slots, with an end.</summary>
/// <param name="Slots">Requests that it may have in flight at the provider; less than it held: it admits none until it is below.</param>
/// <param name="TimeToLive">From the moment the gateway <em>sent</em> its request, on its own clock; zero: there is no such provider.</param>
[GenerateSerializer, Immutable, Alias("pc.slot-grant")]
public readonly record struct SlotGrant(
    [property: Id(0)] int Slots,
    [property: Id(1)] TimeSpan TimeToLive)
{
    /// <summary>What no gateway had when this was given: what they share while the grain is silent. 0 also from a silo of an earlier release.</summary>
    [Id(2)]
    public int Spare { get; init; }

    /// <summary>Whether the book is new and keeps to equal parts until it knows what an earlier one gave: then there may be more. False also from a silo of an earlier release.</summary>
    [Id(3)]
    public bool MayGrow { get; init; }
}
