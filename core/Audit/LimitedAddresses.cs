namespace ProxyCluster.Core.Audit;

/// <summary>Which client addresses are refused now, whoever calls from them: they never come so far that a subject is known.</summary>
public static class LimitedAddresses
{
    /// <summary>Addresses that are told at most.</summary>
    public const int Most = 100;

    // A limit of addresses counts a minute, and of a flood events tell up to their own window late.
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1) + SecurityEventBook.Window;

    /// <summary>Finds them.</summary>
    /// <param name="events">In any order.</param>
    /// <param name="now">UTC.</param>
    /// <returns>The last refused first.</returns>
    public static IReadOnlyList<LimitedAddress> Find(IEnumerable<SecurityEvent> events, DateTimeOffset now) =>
    [
        .. events
            .Where(e => e is { Type: SecurityEventType.RateLimitExceeded, Subject: null, Address: not null } && e.Until > now - Lasting)
            .GroupBy(e => e.Address!, StringComparer.Ordinal)
            .Select(source => new LimitedAddress(source.Key, source.Sum(e => e.Count), source.Max(e => e.Until)))
            .OrderByDescending(address => address.Last)
            .Take(Most),
    ];
}

/// <summary>A client address that is refused now.</summary>
/// <param name="Address">As events tell it.</param>
/// <param name="Refused">Requests that were refused lately.</param>
/// <param name="Last">The last of them.</param>
public sealed record LimitedAddress(string Address, long Refused, DateTimeOffset Last);
