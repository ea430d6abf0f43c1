using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>
/// Half load: the rate of an open loop at which half of the machine's processor time is in use. Half the rate of a closed
/// loop is more: at full load one wake-up serves many requests, at half load nearly each request pays for its own.
/// </summary>
internal static class HalfLoad
{
    public const int Connections = 64;
    private const double Half = 0.5;
    private const int Steps = 6;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Finds it between nothing and the closed loop's rate, by halving the range.</summary>
    public static double Rate(LoadTarget target, double closedLoopRate)
    {
        var (low, high) = (0.0, closedLoopRate);
        for (var step = 0; step < Steps; step++)
        {
            var rate = (low + high) / 2;
            var before = MachineCpu.Now();
            LoadGenerator.Open(target, Connections, Step, rate);
            (low, high) = MachineCpu.Now().BusySince(before) < Half ? (rate, high) : (low, rate);
        }

        return low > 0 ? low : high;
    }

    /// <summary>What the way adds to the 99th percentile at a rate, direct calls going out beside it.</summary>
    public static (double AddedP99, LoadResult Through) Measure(LoadTarget direct, LoadTarget proxied, TimeSpan duration, double rate)
    {
        var (beside, through) = LoadGenerator.OpenBeside(direct, proxied, Connections, duration, rate);
        return (through.P99 - beside.P99, through);
    }
}
