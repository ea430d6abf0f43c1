namespace ProxyCluster.Core.Providers;

/// <summary>What a window of outcomes says. Rates, means and deviations weigh each outcome by its age (<see cref="OutcomeWindow.HalfLife"/>).</summary>
/// <param name="Outcomes">How many it holds.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="ErrorRate">The share of failures, 0 to 1; 0 without outcomes.</param>
/// <param name="MeanLatencySeconds">Of the answers; 0 without one.</param>
/// <param name="DeviationSeconds">Standard deviation of the answers' latencies (of the whole population); 0 under two.</param>
public readonly record struct OutcomeStatistics(
    int Outcomes, int Failures, double ErrorRate, double MeanLatencySeconds, double DeviationSeconds)
{
    /// <summary>How many answers there were.</summary>
    public int Answers => Outcomes - Failures;
}
