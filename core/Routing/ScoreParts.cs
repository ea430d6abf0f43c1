namespace ProxyCluster.Core.Routing;

/// <summary>One candidate's score, part by part, each 0 to 100.</summary>
/// <param name="Performance">From the last 10 outcomes.</param>
/// <param name="Cost">From prices and the request's size.</param>
/// <param name="Reliability">From the last 100 outcomes.</param>
/// <param name="Load">From what is in flight.</param>
/// <param name="Total">The weighted sum.</param>
public readonly record struct ScoreParts(double Performance, double Cost, double Reliability, double Load, double Total)
{
    /// <summary>Weighs the parts.</summary>
    /// <param name="performance">0 to 100.</param>
    /// <param name="cost">0 to 100.</param>
    /// <param name="reliability">0 to 100.</param>
    /// <param name="load">0 to 100.</param>
    /// <param name="weights">Together 1.</param>
    public static ScoreParts Weigh(double performance, double cost, double reliability, double load, in ScoreWeights weights) =>
        new(
            performance,
            cost,
            reliability,
            load,
            (performance * weights.Performance) + (cost * weights.Cost) + (reliability * weights.Reliability) + (load * weights.Load));
}
