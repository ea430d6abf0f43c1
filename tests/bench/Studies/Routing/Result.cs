namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>What one strategy made of one mix. Only requests that arrived in the counted time count.</summary>
internal sealed class Result
{
    private readonly List<Served> _all;
    private readonly List<Served> _counted;
    private readonly double[] _sorted;

    public Result(Mix mix, string strategy, List<Served> served)
    {
        (Mix, Strategy) = (mix, strategy);
        _all = [.. served.OrderBy(s => s.Arrived)];
        _counted = [.. _all.Where(s => s.Arrived >= mix.CountedFrom && s.Arrived < mix.CountedUntil)];
        _sorted = [.. _counted.Where(s => s.Answered).Select(s => s.Seconds).Order()];
    }

    public Mix Mix { get; }

    public string Strategy { get; }

    public int Requests => _counted.Count;

    public double P50 => Quantile(0.5);

    public double P99 => Quantile(0.99);

    public double Mean => _sorted.Average();

    /// <summary>Share of requests without an answer, 0 to 1.</summary>
    public double ErrorRate => (double)_counted.Count(s => !s.Answered) / _counted.Count;

    public double AttemptsPerRequest => _counted.Average(s => s.Attempts);

    /// <summary>US dollars for a thousand requests.</summary>
    public double CostPerThousand => 1000 * _counted.Average(s => s.Cost);

    public double Figure => Mix.Figure(this);

    /// <summary>The share of first attempts that went to a provider, in a part of the run.</summary>
    public double Share(string provider, double from, double until)
    {
        var asked = _all.Where(s => s.Arrived >= from && s.Arrived < until).ToList();
        return asked.Count == 0 ? 0 : (double)asked.Count(s => s.Provider == provider) / asked.Count;
    }

    /// <summary>The share of first attempts that went to a provider, in the counted time.</summary>
    public double Share(string provider) => Share(provider, Mix.CountedFrom, Mix.CountedUntil);

    /// <summary>From when on a provider gets at least a share of each 5 s; infinite: never.</summary>
    public double ReachesShare(string provider, double share, double from)
    {
        const double Window = 5;
        for (var start = from; start + Window <= Mix.Load[^1].Seconds; start++)
        {
            if (Share(provider, start, start + Window) >= share)
            {
                return start + Window - from;
            }
        }

        return double.PositiveInfinity;
    }

    /// <summary>
    /// How uneven the first attempts of a window are: the busiest provider's share, averaged over requests. An even split
    /// over <c>n</c> providers would be <c>1/n</c>; chance alone gives more where a window holds few requests.
    /// </summary>
    public double BusiestShare(double windowSeconds)
    {
        var windows = _counted.GroupBy(s => (long)(s.Arrived / windowSeconds));
        return (double)windows.Sum(w => w.GroupBy(s => s.Provider).Max(p => p.Count())) / _counted.Count;
    }

    private double Quantile(double share) =>
        _sorted.Length == 0 ? double.NaN : _sorted[Math.Min(_sorted.Length - 1, (int)(share * _sorted.Length))];
}
