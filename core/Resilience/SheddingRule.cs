namespace ProxyCluster.Core.Resilience;

/// <summary>How full a gateway may be for each priority. RELIABILITY section 6.4.</summary>
public static class SheddingRule
{
    /// <summary>How many priorities there are.</summary>
    public const int Priorities = (int)RequestPriority.Critical + 1;

    /// <summary>The share of a limit up to which requests of a priority are taken.</summary>
    /// <param name="priority">The request's.</param>
    public static double ShareOf(RequestPriority priority) => priority switch
    {
        RequestPriority.Batch => 0.70,
        RequestPriority.Normal => 0.85,
        RequestPriority.High => 0.95,
        _ => 1,
    };

    /// <summary>How many requests may be in flight, the new one included, for it to be taken.</summary>
    /// <param name="priority">The new request's.</param>
    /// <param name="limit">The most that may be in flight; at least 1.</param>
    public static int Most(RequestPriority priority, int limit) => Math.Max(1, (int)Math.Floor(ShareOf(priority) * limit));

    /// <summary>How long who was refused is to stay away: 1 to 5 s, so that not all come back at once.</summary>
    /// <param name="random">Uniform in [0, 1).</param>
    public static TimeSpan RetryAfter(double random) => TimeSpan.FromSeconds(1 + (4 * random));
}
