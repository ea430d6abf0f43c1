namespace ProxyCluster.Core.Providers;

/// <summary>
/// Derives a provider's status from its last <see cref="Capacity"/> outcomes over all models. Not thread-safe.
/// </summary>
/// <remarks>
/// A failure is forgotten after <see cref="FailureMemory"/>: an unhealthy provider gets no traffic that could prove it
/// well again, so that after this time it is tried anew. Successes are not forgotten: idle is not unknown.
/// </remarks>
public sealed class StatusWindow
{
    /// <summary>How many outcomes decide.</summary>
    public const int Capacity = 10;

    /// <summary>A provider is not called unhealthy for fewer outcomes than this.</summary>
    public const int UnhealthyMinimum = 5;

    /// <summary>The share of failures that makes a provider unhealthy.</summary>
    public const double UnhealthyShare = 0.5;

    /// <summary>The share of failures above which a provider is degraded.</summary>
    public const double DegradedShare = 0.1;

    /// <summary>How long a failure is held against a provider.</summary>
    public static readonly TimeSpan FailureMemory = TimeSpan.FromSeconds(30);

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _next;
    private int _count;

    /// <summary>Takes in one outcome. What says nothing about the provider is passed over.</summary>
    /// <param name="outcome">How an attempt ended.</param>
    /// <param name="endedAt">When.</param>
    public void Add(AttemptOutcome outcome, DateTimeOffset endedAt)
    {
        if (!outcome.CountsInHistory())
        {
            return;
        }

        _entries[_next] = new Entry(endedAt, outcome.IsFailure());
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
    }

    /// <summary>The status of an enabled provider.</summary>
    /// <param name="now">The time.</param>
    public ProviderStatus Derive(DateTimeOffset now)
    {
        int outcomes = 0, failures = 0;
        foreach (var entry in _entries.AsSpan(0, _count))
        {
            if (entry.Failed && entry.EndedAt < now - FailureMemory)
            {
                continue;
            }

            outcomes++;
            failures += entry.Failed ? 1 : 0;
        }

        if (outcomes == 0)
        {
            return ProviderStatus.Unknown;
        }

        var share = (double)failures / outcomes;
        if (share >= UnhealthyShare && outcomes >= UnhealthyMinimum)
        {
            return ProviderStatus.Unhealthy;
        }

        return share > DegradedShare ? ProviderStatus.Degraded : ProviderStatus.Healthy;
    }

    private readonly record struct Entry(DateTimeOffset EndedAt, bool Failed);
}
