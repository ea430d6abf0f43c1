namespace ProxyCluster.Core.Audit;

/// <summary>
/// Finds in security events what someone should look at (SPEC section 7). Each rule and its threshold stands in
/// <c>docs/audit.md</c>.
/// </summary>
public static class SuspicionRules
{
    /// <summary>How far back the rules look.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Many refused credentials from one address: someone guesses, or a client has an old key.</summary>
    public const string FailuresOfOneAddress = "failures_of_one_address";

    /// <summary>Refused credentials from many addresses: someone guesses from a network of machines.</summary>
    public const string FailuresOfManyAddresses = "failures_of_many_addresses";

    /// <summary>One subject is refused again and again what it may not do: someone tries a stolen key out.</summary>
    public const string DeniedSubject = "denied_subject";

    /// <summary>A key came in a query string: it is in logs on the way now.</summary>
    public const string KeyInQuery = "key_in_query";

    /// <summary>One subject is far over its limit.</summary>
    public const string FarOverLimit = "far_over_limit";

    /// <summary>Requests of a form that no honest client sends, from one address.</summary>
    public const string MalformedRequests = "malformed_requests";

    /// <summary>A provider's address led where the gateway may not connect.</summary>
    public const string ForbiddenUpstream = "forbidden_upstream";

    private static readonly Rule[] OfOneSource =
    [
        new(FailuresOfOneAddress, SecurityEventType.AuthenticationFailed, ByAddress: true, Threshold: 20),
        new(DeniedSubject, SecurityEventType.PermissionDenied, ByAddress: false, Threshold: 10),
        new(KeyInQuery, SecurityEventType.ApiKeyInQuery, ByAddress: true, Threshold: 1),
        new(FarOverLimit, SecurityEventType.RateLimitExceeded, ByAddress: false, Threshold: 100),
        new(MalformedRequests, SecurityEventType.MalformedRequest, ByAddress: true, Threshold: 5),
        new(ForbiddenUpstream, SecurityEventType.UpstreamForbidden, ByAddress: false, Threshold: 1),
    ];

    private const int ManyAddresses = 20;
    private const int ManyFailures = 100;

    /// <summary>Applies every rule.</summary>
    /// <param name="events">In any order; what is older than <see cref="Window"/> does not count.</param>
    /// <param name="now">UTC.</param>
    public static IReadOnlyList<Suspicion> Apply(IEnumerable<SecurityEvent> events, DateTimeOffset now)
    {
        var recent = events.Where(e => e.Until > now - Window).ToList();
        var found = new List<Suspicion>();
        foreach (var rule in OfOneSource)
        {
            found.AddRange(recent
                .Where(e => e.Type == rule.Type)
                .GroupBy(e => rule.ByAddress ? e.Address : e.Subject, StringComparer.Ordinal)
                .Where(source => source.Sum(e => e.Count) >= rule.Threshold)
                .Select(source => Describe(rule.Name, rule.ByAddress ? null : source.Key, rule.ByAddress ? source.Key : null, source)));
        }

        var failures = recent.Where(e => e.Type == SecurityEventType.AuthenticationFailed).ToList();
        if (failures.Sum(e => e.Count) >= ManyFailures && failures.Select(e => e.Address).Distinct(StringComparer.Ordinal).Count() >= ManyAddresses)
        {
            found.Add(Describe(FailuresOfManyAddresses, null, null, failures));
        }

        return [.. found.OrderByDescending(suspicion => suspicion.Last)];
    }

    private static Suspicion Describe(string rule, string? subject, string? address, IEnumerable<SecurityEvent> events)
    {
        var list = events.ToList();
        return new(rule, subject, address, list.Sum(e => e.Count), list.Min(e => e.At), list.Max(e => e.Until));
    }

    private sealed record Rule(string Name, SecurityEventType Type, bool ByAddress, int Threshold);
}

/// <summary>What someone should look at.</summary>
/// <param name="Rule">The rule that found it.</param>
/// <param name="Subject">Who; <see langword="null"/>: the rule is not about one subject, or nobody is known.</param>
/// <param name="Address">From where; <see langword="null"/>: the rule is not about one address.</param>
/// <param name="Count">Events.</param>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
public sealed record Suspicion(string Rule, string? Subject, string? Address, long Count, DateTimeOffset First, DateTimeOffset Last);
