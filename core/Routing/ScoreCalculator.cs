using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>The parts of a provider's score, each 0 to 100, and their sum (SPEC section 2, intelligent selection).</summary>
public static class ScoreCalculator
{
    /// <summary>What a part counts where nothing is known.</summary>
    public const double NoData = 50;

    /// <summary>Reliability is not judged by fewer outcomes than this.</summary>
    public const int ReliabilityMinimum = 10;

    /// <summary>Scores that lie no further apart are equal: they share the traffic.</summary>
    public const double EqualWithin = 2;

    /// <summary>
    /// Mean of <c>max(0, 100 − 10 × mean latency in s)</c> and <c>100 × (1 − error rate)</c>. Without a single answer
    /// the latency part is 0.
    /// </summary>
    /// <param name="recent">Over the last 10 outcomes.</param>
    public static double Performance(OutcomeStatistics recent)
    {
        if (recent.Outcomes == 0)
        {
            return NoData;
        }

        var speed = recent.Answers == 0 ? 0 : Math.Max(0, 100 - (10 * recent.MeanLatencySeconds));
        return (speed + (100 * (1 - recent.ErrorRate))) / 2;
    }

    /// <summary>
    /// Mean of <c>100 × uptime</c> and <c>max(0, 100 − 20 × standard deviation of latency in s)</c>. Under two answers
    /// the second part is not known.
    /// </summary>
    /// <param name="history">Over the last 100 outcomes.</param>
    public static double Reliability(OutcomeStatistics history)
    {
        if (history.Outcomes < ReliabilityMinimum)
        {
            return NoData;
        }

        var steadiness = history.Answers < 2 ? NoData : Math.Max(0, 100 - (20 * history.DeviationSeconds));
        return ((100 * (1 - history.ErrorRate)) + steadiness) / 2;
    }

    /// <summary><c>max(0, 100 − 1000 × estimated cost of the request)</c>.</summary>
    /// <param name="price">What the model costs.</param>
    /// <param name="request">What is asked.</param>
    public static double Cost(TokenPrice price, in PickRequest request) =>
        price.IsKnown ? Math.Max(0, 100 - (1000 * request.CostAt(price))) : NoData;

    /// <summary><c>100 × (1 − cost of the request ÷ its cost at the dearest candidate)</c>; 100 where everybody is free.</summary>
    /// <param name="price">What the model costs.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="dearest">Dollars for the request at the dearest candidate.</param>
    public static double RelativeCost(TokenPrice price, in PickRequest request, double dearest) =>
        !price.IsKnown ? NoData : dearest <= 0 ? 100 : Math.Clamp(100 * (1 - (request.CostAt(price) / dearest)), 0, 100);

    /// <summary><c>100 × (1 − in flight ÷ capacity)</c>, at least 0.</summary>
    /// <param name="inFlight">Requests in flight in the cluster.</param>
    /// <param name="capacity">Requests that may be in flight at once; above 0.</param>
    public static double Load(int inFlight, int capacity) =>
        Math.Clamp(100 * (1 - ((double)inFlight / Math.Max(1, capacity))), 0, 100);
}
