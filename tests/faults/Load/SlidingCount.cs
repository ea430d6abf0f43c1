namespace ProxyCluster.Tests.Faults.Load;

/// <summary>The most events in any window of a given length.</summary>
internal static class SlidingCount
{
    public static int Most(IEnumerable<DateTimeOffset> times, TimeSpan window)
    {
        var sorted = times.Order().ToArray();
        var (most, first) = (0, 0);
        for (var last = 0; last < sorted.Length; last++)
        {
            while (sorted[last] - sorted[first] >= window)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>
    /// The most requests that were certainly admitted within any window of a given length: sent and answered in it. A machine
    /// that is busy makes it smaller, never larger.
    /// </summary>
    public static int MostCertain(IEnumerable<Sent> requests, TimeSpan window)
    {
        var all = requests.ToArray();
        return all.Length == 0
            ? 0
            : all.Max(first => all.Count(other => other.At >= first.At && other.EndedAt - first.At < window));
    }
}
