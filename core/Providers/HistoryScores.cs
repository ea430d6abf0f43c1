using ProxyCluster.Core.Routing;

namespace ProxyCluster.Core.Providers;

/// <summary>The parts of the score that history decides, each 0 to 100, and what strategies want to know besides.</summary>
/// <param name="Performance">For whole answers.</param>
/// <param name="Reliability">For whole answers.</param>
/// <param name="StreamedPerformance">For streams.</param>
/// <param name="StreamedReliability">For streams.</param>
public readonly record struct HistoryScores(
    double Performance, double Reliability, double StreamedPerformance, double StreamedReliability)
{
    /// <summary>Nothing is known.</summary>
    public static HistoryScores NoData { get; } = new(
        ScoreCalculator.NoData, ScoreCalculator.NoData, ScoreCalculator.NoData, ScoreCalculator.NoData);

    /// <summary>How many outcomes stand behind the scores, of both kinds, aged (<see cref="OutcomeWindow.Evidence"/>) and rounded.</summary>
    public int Evidence { get; init; }

    /// <summary>Peak-sensitive moving average of whole answers' times, in seconds; <see langword="null"/>: no data.</summary>
    public double? LatencySeconds { get; init; }

    /// <summary>Peak-sensitive moving average of streams' times to the first token, in seconds; <see langword="null"/>: no data.</summary>
    public double? FirstTokenSeconds { get; init; }
}
