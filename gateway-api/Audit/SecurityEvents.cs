using ProxyCluster.Core.Audit;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Takes the gateway's security events. Never waits and never throws: it is called on the way of a request.</summary>
internal sealed class SecurityEvents(TimeProvider clock)
{
    private const int KeptOfEachType = 100;

    private readonly Dictionary<SecurityEventType, Queue<SecurityEvent>> _kept = [];

    /// <summary>The latest events of this gateway, at most 100 of each type.</summary>
    public IReadOnlyList<SecurityEvent> Latest()
    {
        lock (_kept)
        {
            return [.. _kept.Values.SelectMany(static events => events)];
        }
    }

    /// <summary>Takes an event in.</summary>
    /// <param name="type">What happened.</param>
    /// <param name="subject">Who, for example <c>key:4fGh2kLmN0pQ</c>; <see langword="null"/>: nobody knows.</param>
    /// <param name="address">Where the client is; <see langword="null"/>: it matters not.</param>
    /// <param name="detail">A short text of the gateway's own: never a secret, never what a client sent.</param>
    public void Record(SecurityEventType type, string? subject, string? address, string detail)
    {
        lock (_kept)
        {
            if (!_kept.TryGetValue(type, out var events))
            {
                _kept[type] = events = new Queue<SecurityEvent>(KeptOfEachType);
            }

            if (events.Count == KeptOfEachType)
            {
                events.Dequeue();
            }

            events.Enqueue(new SecurityEvent(clock.GetUtcNow(), type, subject, address, detail));
        }
    }

    /// <summary>The latest events of this gateway, at most 100 of each type.</summary>
    public IReadOnlyList<SecurityEvent> Latest()
    {
        lock (_kept)
        {
            return [.. _kept.Values.SelectMany(static events => events)];
        }
    }
}
