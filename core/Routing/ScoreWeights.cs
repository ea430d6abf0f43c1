using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Routing;

/// <summary>How much each part of the score counts; together 1.</summary>
/// <param name="Performance">0 to 1.</param>
/// <param name="Cost">0 to 1.</param>
/// <param name="Reliability">0 to 1.</param>
/// <param name="Load">0 to 1.</param>
public readonly record struct ScoreWeights(double Performance, double Cost, double Reliability, double Load)
{
    /// <summary>0.4, 0.3, 0.2 and 0.1.</summary>
    public static ScoreWeights Default { get; } = new(0.4, 0.3, 0.2, 0.1);

    /// <summary>Brings configured weights to a sum of 1. Weights that are all 0 or not numbers give the defaults.</summary>
    /// <param name="options">As configured: only the ratios count.</param>
    public static ScoreWeights From(ScoreWeightOptions options)
    {
        var sum = options.Performance + options.Cost + options.Reliability + options.Load;
        return sum > 0 && double.IsFinite(sum)
            ? new(options.Performance / sum, options.Cost / sum, options.Reliability / sum, options.Load / sum)
            : Default;
    }
}
