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
    private readonly PeakAverage _wholeSeconds = new();
    private readonly PeakAverage _firstTokenSeconds = new();

    /// <summary>Takes in how an attempt ended. What says nothing about the provider is passed over.</summary>
    /// <param name="report">How it ended.</param>
    /// <param name="endedAt">When.</param>
    public void Add(in AttemptReport report, DateTimeOffset endedAt)
    {
        if (!report.Outcome.CountsInHistory())
        {
            return;
        }

        var failed = report.Outcome.IsFailure();
        (report.Streamed ? _streamed : _whole).Add(failed, report.Latency, endedAt);
        if (!failed)
        {
            (report.Streamed ? _firstTokenSeconds : _wholeSeconds).Add(report.Latency, endedAt);
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
            ScoreCalculator.Reliability(IsEnough(streamedLong) ? streamedLong : wholeLong))
        {
            // Whole numbers: a figure that changed with every look would be told to all gateways four times a second.
            Evidence = (int)Math.Round(_whole.Evidence(now) + _streamed.Evidence(now)),
            LatencySeconds = _wholeSeconds.Seconds(now),
            FirstTokenSeconds = _firstTokenSeconds.Seconds(now),
        };
    }

    private static bool IsEnough(OutcomeStatistics statistics) =>
        statistics.Outcomes >= ScoreCalculator.ReliabilityMinimum;
}
