using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>What the rounds found of one candidate's added latency, a figure for each round, in milliseconds.</summary>
/// <param name="closedHalfRate">Half the rate of its closed loop, requests per second.</param>
internal sealed class LatencySamples(double closedHalfRate)
{
    public List<double> Paired { get; } = [];

    public List<double> FirstByte { get; } = [];

    public List<double> HalfLoad { get; } = [];

    public List<double> ClosedHalf { get; } = [];

    public double HalfLoadRate { get; set; }

    public double ClosedHalfRate { get; } = closedHalfRate;

    public long Failures { get; set; }

    public LatencyRow Row(string candidate) => new(
        candidate,
        Statistics.Median(Paired),
        Statistics.Median(FirstByte),
        HalfLoadRate,
        Statistics.Median(HalfLoad),
        ClosedHalfRate,
        Statistics.Median(ClosedHalf),
        Failures);
}
