using Orleans;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>What the cluster's outcomes say of one provider and model: the parts of SPEC section 2 that history decides.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The provider's entry (<see cref="ModelDefinition.Id"/>).</param>
/// <param name="Performance">For whole answers, 0 to 100; 50 without data.</param>
/// <param name="Reliability">For whole answers, 0 to 100; 50 under 10 outcomes.</param>
/// <param name="InFlight">Requests in flight in the whole cluster.</param>
/// <param name="Status">What the cluster thinks of the provider.</param>
[GenerateSerializer, Immutable, Alias("pc.provider-score")]
public readonly record struct ProviderScore(
    [property: Id(0)] string Provider,
    [property: Id(1)] string Model,
    [property: Id(2)] double Performance,
    [property: Id(3)] double Reliability,
    [property: Id(4)] int InFlight,
    [property: Id(5)] ProviderStatus Status)
{
    /// <summary>For streams, 0 to 100, by the time to the first token; <see langword="null"/>: as for whole answers.</summary>
    [Id(6)] public double? StreamedPerformance { get; init; }

    /// <summary>For streams, 0 to 100; <see langword="null"/>: as for whole answers.</summary>
    [Id(7)] public double? StreamedReliability { get; init; }

    /// <summary>Whether the provider may be asked: the same for all its entries.</summary>
    [Id(8)] public CircuitState Circuit { get; init; }

    /// <summary>The share of its traffic that a provider gets which has just come back, above 0 and under 1; <see langword="null"/>: all.</summary>
    [Id(9)] public double? Share { get; init; }

    /// <summary>Until when the provider wants no request for this model (429); <see langword="null"/>: it takes them.</summary>
    [Id(10)] public DateTimeOffset? RestsUntil { get; init; }

    /// <summary>Peak-sensitive moving average of whole answers' times, in seconds; <see langword="null"/>: no data.</summary>
    [Id(11)] public double? LatencySeconds { get; init; }

    /// <summary>Peak-sensitive moving average of streams' times to the first token, in seconds; <see langword="null"/>: no data.</summary>
    [Id(12)] public double? FirstTokenSeconds { get; init; }

    /// <summary>How many outcomes stand behind the scores, of both kinds, aged (<see cref="OutcomeWindow.Evidence"/>) and rounded.</summary>
    [Id(13)] public int Evidence { get; init; }
}
