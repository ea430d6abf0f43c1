namespace ProxyCluster.Core.Providers;

/// <summary>
/// The latest outcomes of one model and one kind of answer (streamed or whole), newest last, at most
/// <see cref="Capacity"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// Latencies are those of answers: a connection refused within a millisecond is no quick answer. What is older than
/// <see cref="MaxAge"/> no longer counts, so that a provider left alone after a bad time gets another chance.
/// </remarks>
public sealed class OutcomeWindow
{
    /// <summary>How many outcomes are kept: as many as reliability looks at.</summary>
    public const int Capacity = 100;

    /// <summary>How many of them performance looks at.</summary>
    public const int Recent = 10;

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
        int outcomes = 0, failures = 0;
        double sum = 0;
        for (var back = 1; back <= Math.Min(limit, _count); back++)
        {
            ref readonly var entry = ref Newest(back);
            if (entry.EndedAt < oldest)
            {
                continue;
            }

            outcomes++;
            if (entry.Failed)
            {
                failures++;
                continue;
            }

            sum += entry.LatencySeconds;
        }

        var answers = outcomes - failures;
        var mean = answers == 0 ? 0 : sum / answers;
        return new OutcomeStatistics(outcomes, failures, mean, Deviation(limit, oldest, mean, answers));
    }

    // A second pass around the mean: the one-pass formula loses its digits when latencies are alike.
    private double Deviation(int limit, DateTimeOffset oldest, double mean, int answers)
    {
        if (answers < 2)
        {
            return 0;
        }

        double squares = 0;
        for (var back = 1; back <= Math.Min(limit, _count); back++)
        {
            ref readonly var entry = ref Newest(back);
            if (!entry.Failed && entry.EndedAt >= oldest)
            {
                var distance = entry.LatencySeconds - mean;
                squares += distance * distance;
            }
        }

        return Math.Sqrt(squares / answers);
    }

    private ref readonly Entry Newest(int back) => ref _entries[(_next - back + Capacity) % Capacity];

    private readonly record struct Entry(DateTimeOffset EndedAt, double LatencySeconds, bool Failed);
}
