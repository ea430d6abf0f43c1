using ProxyCluster.Core.Routing;

namespace ProxyCluster.Core.Providers;

/// <summary>
/// What the cluster has seen of one model of one provider. Streams and whole answers are kept apart: the time to a
/// first token and the time of a whole answer have nothing to say about each other. Not thread-safe.
/// </summary>
public sealed class ModelHistory
{
    private readonly OutcomeWindow _whole = new();
    private readonly OutcomeWindow _streamed = new();

    /// <summary>Takes in how an attempt ended. What says nothing about the provider is passed over.</summary>
    /// <param name="report">How it ended.</param>
    /// <param name="endedAt">When.</param>
    public void Add(in AttemptReport report, DateTimeOffset endedAt)
    {
        if (report.Outcome.CountsInHistory())
        {
            (report.Streamed ? _streamed : _whole).Add(report.Outcome.IsFailure(), report.Latency, endedAt);
        }
    }

    /// <summary>The parts of the score that history decides. A kind without data of its own borrows the other's.</summary>
    /// <param name="now">The time.</param>
    public HistoryScores Score(DateTimeOffset now)
    {
        var wholeRecent = _whole.Summarise(OutcomeWindow.Recent, now);
        var wholeLong = _whole.Summarise(OutcomeWindow.Capacity, now);
        var streamedRecent = _streamed.Summarise(OutcomeWindow.Recent, now);
        var streamedLong = _streamed.Summarise(OutcomeWindow.Capacity, now);

        return new HistoryScores(
            ScoreCalculator.Performance(wholeRecent.Outcomes > 0 ? wholeRecent : streamedRecent),
            ScoreCalculator.Reliability(IsEnough(wholeLong) ? wholeLong : streamedLong),
            ScoreCalculator.Performance(streamedRecent.Outcomes > 0 ? streamedRecent : wholeRecent),
            ScoreCalculator.Reliability(IsEnough(streamedLong) ? streamedLong : wholeLong));
    }

    private static bool IsEnough(OutcomeStatistics statistics) =>
        statistics.Outcomes >= ScoreCalculator.ReliabilityMinimum;
}

/// <summary>The parts of the score that history decides, each 0 to 100.</summary>
/// <param name="Performance">For whole answers.</param>
/// <param name="Reliability">For whole answers.</param>
/// <param name="StreamedPerformance">For streams.</param>
/// <param name="StreamedReliability">For streams.</param>
public readonly record struct HistoryScores(
    double Performance, double Reliability, double StreamedPerformance, double StreamedReliability);
