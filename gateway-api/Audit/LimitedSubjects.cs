using ProxyCluster.Core.Audit;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Who is refused now for having used up a limit: those who were refused within the hour, as their limiters say.</summary>
internal static class LimitedSubjects
{
    // Each is a call to a grain; who was refused last is asked for first.
    private const int MostAsked = 100;

    private static readonly TimeSpan LongestBlock = TimeSpan.FromHours(1);

    /// <summary>Finds them.</summary>
    /// <returns>The last refused first. A subject whose limiter does not answer is told as it was when it was refused.</returns>
    public static async Task<IReadOnlyList<LimitedSubject>> FindAsync(
        IGrainFactory grains, IEnumerable<SecurityEvent> events, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var refused = events
            .Where(e => e.Type == SecurityEventType.RateLimitExceeded && e.Subject is not null && e.Until > now - LongestBlock)
            .GroupBy(e => e.Subject!, StringComparer.Ordinal)
            .Select(group => new LimitedSubject(group.Key, group.Sum(e => e.Count), group.Max(e => e.Until), null))
            .OrderByDescending(subject => subject.Last)
            .Take(MostAsked);
        var found = await Task.WhenAll(refused.Select(subject => AskAsync(grains, subject, clock, cancellationToken)));
        return [.. found.OfType<LimitedSubject>()];
    }

    private static async Task<LimitedSubject?> AskAsync(IGrainFactory grains, LimitedSubject subject, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            var status = await grains.GetGrain<IRateLimiterGrain>(subject.Subject).StatusAsync().Within(clock, cancellationToken);
            if (status.Block != LimitWindow.None)
            {
                return subject with { BlockedUntil = clock.GetUtcNow() + status.BlockEndsIn };
            }

            return status.Windows.Any(window => window.Remaining == 0) ? subject : null;
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            return subject;
        }
    }
}

/// <summary>A subject that is refused now.</summary>
/// <param name="Subject">For example <c>key:4fGh2kLmN0pQ</c>.</param>
/// <param name="Refused">Requests that were refused within the hour.</param>
/// <param name="Last">The last of them.</param>
/// <param name="BlockedUntil">When its block ends; <see langword="null"/>: it is not blocked, its window is full.</param>
internal sealed record LimitedSubject(string Subject, long Refused, DateTimeOffset Last, DateTimeOffset? BlockedUntil);
