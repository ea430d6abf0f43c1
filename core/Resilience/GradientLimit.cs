namespace ProxyCluster.Core.Resilience;

/// <summary>
/// Finds how many requests a gateway can have in flight, from how long its own steps wait to be run: the longer they wait
/// against an idle process, the fewer. RELIABILITY section 6.4; a provider's time never counts, since it varies with the answer.
/// </summary>
/// <remarks>
/// After each window of samples: limit × gradient + √limit, where the gradient is what the wait may be ÷ the window's median, 0.5
/// to 1. A wait may be a quarter over the least median seen, and 50 ms more: what nobody notices never shrinks the limit. A
/// shrinking limit starts from what was really in flight. Not thread-safe.
/// </remarks>
public sealed class GradientLimit
{
    /// <summary>Samples of one window.</summary>
    public const int WindowSamples = 50;

    private const double Buffer = 1.25;
    private const double SharpestCut = 0.5;

    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan[] _samples = new TimeSpan[WindowSamples];
    private readonly int _least;
    private readonly int _most;
    private TimeSpan _leastMedian = TimeSpan.MaxValue;
    private double _limit;
    private int _count;
    private int _peak;

    /// <summary>Makes a limit that starts at its most.</summary>
    /// <param name="least">It never falls below; at least 1.</param>
    /// <param name="most">It never rises above; at least <paramref name="least"/>.</param>
    public GradientLimit(int least, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        (_least, _most, _limit) = (least, most, most);
    }

    /// <summary>Requests that may be in flight now.</summary>
    public int Limit => (int)_limit;

    /// <summary>Takes in one wait.</summary>
    /// <param name="wait">How long a step waited to be run.</param>
    /// <param name="inFlight">Requests in flight meanwhile.</param>
    public void Add(TimeSpan wait, int inFlight)
    {
        _peak = Math.Max(_peak, inFlight);
        _samples[_count++] = wait;
        if (_count == WindowSamples)
        {
            Adjust();
            (_count, _peak) = (0, 0);
        }
    }

    private void Adjust()
    {
        _samples.AsSpan().Sort();
        var median = _samples[WindowSamples / 2];
        _leastMedian = median < _leastMedian ? median : _leastMedian;
        var allowed = (_leastMedian * Buffer) + Unnoticed;
        var gradient = median <= allowed ? 1 : Math.Max(SharpestCut, allowed / median);
        var from = gradient < 1 ? Math.Min(_limit, _peak) : _limit;
        _limit = Math.Clamp((from * gradient) + Math.Sqrt(from), _least, _most);
    }
}
