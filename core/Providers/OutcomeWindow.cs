namespace ProxyCluster.Core.Providers;

/// <summary>
/// The latest outcomes of one model and one kind of answer (streamed or whole), newest last, at most
/// <see cref="Capacity"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// Latencies are those of answers: a connection refused within a millisecond is no quick answer. Outcomes age (SPEC
/// section 2): each weighs half as much as one that ended a <see cref="HalfLife"/> later, and what is older than
/// <see cref="MaxAge"/> no longer counts, so that a provider left alone after a bad time gets another chance.
/// </remarks>
public sealed class OutcomeWindow
{
    /// <summary>How many outcomes are kept: as many as reliability looks at.</summary>
    public const int Capacity = 100;

    /// <summary>How many of them performance looks at.</summary>
    public const int Recent = 10;

    /// <summary>In how long an outcome loses half of its weight.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(60);

    /// <summary>How long an outcome counts.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _next;
    private int _count;

    /// <summary>Takes in one outcome.</summary>
    /// <param name="failed">Whether it was a failure.</param>
    /// <param name="latency">Of the answer; ignored for a failure.</param>
    /// <param name="endedAt">When it ended.</param>
    public void Add(bool failed, TimeSpan latency, DateTimeOffset endedAt)
    {
        _entries[_next] = new Entry(endedAt, Math.Max(0, latency.TotalSeconds), failed);
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
    }

    /// <summary>Sums up the latest outcomes.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="now">The time.</param>
    public OutcomeStatistics Summarise(int limit, DateTimeOffset now)
    {
        var oldest = now - MaxAge;
        var newest = NewestEnd();
        int outcomes = 0, failures = 0;
        double failed = 0, answered = 0, mean = 0, squares = 0;
        for (var back = 1; back <= Math.Min(limit, _count); back++)
        {
            ref readonly var entry = ref Newest(back);
            if (entry.EndedAt < oldest)
            {
                continue;
            }

            // Against the newest, not against now: only ratios count, and the sums of an idle provider stay as they are.
            var weight = WeightAfter(newest - entry.EndedAt);
            outcomes++;
            if (entry.Failed)
            {
                failures++;
                failed += weight;
                continue;
            }

            // West's running mean and squares: the textbook sums lose their digits when latencies are alike.
            answered += weight;
            var distance = entry.LatencySeconds - mean;
            mean += distance * (weight / answered);
            squares += weight * distance * (entry.LatencySeconds - mean);
        }

        var errorRate = outcomes == 0 ? 0 : failed / (failed + answered);
        var deviation = outcomes - failures < 2 ? 0 : Math.Sqrt(Math.Max(0, squares) / answered);
        return new OutcomeStatistics(outcomes, failures, errorRate, mean, deviation);
    }

    /// <summary>How many outcomes the window is worth now: each counts 1 when it ends, and half of it a <see cref="HalfLife"/> later.</summary>
    /// <param name="now">The time.</param>
    public double Evidence(DateTimeOffset now)
    {
        double sum = 0;
        foreach (var entry in _entries.AsSpan(0, _count))
        {
            var age = now - entry.EndedAt;
            sum += age > MaxAge ? 0 : WeightAfter(age < TimeSpan.Zero ? TimeSpan.Zero : age);
        }

        return sum;
    }

    // Batches of many gateways come in any order: what was added last need not have ended last.
    private DateTimeOffset NewestEnd()
    {
        var newest = DateTimeOffset.MinValue;
        foreach (var entry in _entries.AsSpan(0, _count))
        {
            newest = entry.EndedAt > newest ? entry.EndedAt : newest;
        }

        return newest;
    }

    private static double WeightAfter(TimeSpan age) => Math.Pow(2, -age / HalfLife);

    private ref readonly Entry Newest(int back) => ref _entries[(_next - back + Capacity) % Capacity];

    private readonly record struct Entry(DateTimeOffset EndedAt, double LatencySeconds, bool Failed);
}
