using ProxyCluster.Core.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>
/// Takes the gateway's security events. Never waits and never throws: it is called on the way of a request. How many there
/// are bounds neither memory nor what is told: a flood is added up.
/// </summary>
internal sealed class SecurityEvents(TimeProvider clock, SecurityEventMetrics? metrics = null)
{
    private readonly Lock _lock = new();
    private readonly SecurityEventBook _book = new();

    /// <summary>Takes an event in.</summary>
    /// <param name="type">What happened.</param>
    /// <param name="subject">Who, for example <c>key:4fGh2kLmN0pQ</c>; <see langword="null"/>: nobody knows.</param>
    /// <param name="address">Where the client is; <see langword="null"/>: it matters not.</param>
    /// <param name="detail">A short text of the gateway's own: never a secret, never what a client sent.</param>
    public void Record(SecurityEventType type, string? subject, string? address, string detail)
    {
        metrics?.Recorded(type);
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            _book.Note(type, subject, address, detail, now);
        }
    }

    /// <summary>What is to be told to the cluster now.</summary>
    /// <param name="isLast">Whether nothing is asked later.</param>
    public IReadOnlyList<SecurityEvent> TakeDue(bool isLast)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            return _book.TakeDue(now, isLast);
        }
    }

    /// <summary>The latest events of this gateway, at most 100 of each type, in their order.</summary>
    public IReadOnlyList<SecurityEvent> Latest()
    {
        lock (_lock)
        {
            return [.. Enum.GetValues<SecurityEventType>().SelectMany(_book.Latest).OrderBy(e => e.Seq)];
        }
    }
}
