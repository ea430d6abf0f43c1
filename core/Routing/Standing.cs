using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>What the score vector says of one provider and entry.</summary>
internal readonly record struct Standing(
    double Performance,
    double Reliability,
    double StreamedPerformance,
    double StreamedReliability,
    int InFlight,
    ProviderStatus Status)
{
    public CircuitState Circuit { get; init; }

    public double? Share { get; init; }

    public DateTimeOffset? RestsUntil { get; init; }

    public double? LatencySeconds { get; init; }

    public double? FirstTokenSeconds { get; init; }

    public int Evidence { get; init; }

    public static Standing NoData { get; } = new(
        ScoreCalculator.NoData,
        ScoreCalculator.NoData,
        ScoreCalculator.NoData,
        ScoreCalculator.NoData,
        0,
        ProviderStatus.Unknown);
}
