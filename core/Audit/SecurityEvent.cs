using Orleans;

namespace ProxyCluster.Core.Audit;

/// <summary>Something that an operator watches for; of a flood, all that came of one kind from one source within a while.</summary>
/// <param name="At">When, UTC; of several, the first.</param>
/// <param name="Type">What.</param>
/// <param name="Subject">Who, for example <c>key:4fGh2kLmN0pQ</c>; <see langword="null"/>: not known.</param>
/// <param name="Address">The client's address; <see langword="null"/>: it matters not.</param>
/// <param name="Detail">A short text, never a secret.</param>
[GenerateSerializer, Immutable, Alias("pc.security-event")]
public sealed record SecurityEvent(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] SecurityEventType Type,
    [property: Id(2)] string? Subject,
    [property: Id(3)] string? Address,
    [property: Id(4)] string Detail)
{
    /// <summary>How many there were.</summary>
    [Id(5)] public long Count { get; init; } = 1;

    /// <summary>When the last of them was.</summary>
    [Id(6)] public DateTimeOffset Until { get; init; } = At;

    /// <summary>Its place among the others of its list; 0: it has none yet.</summary>
    [Id(7)] public long Seq { get; init; }

    /// <summary>The event as the log of events holds it.</summary>
    /// <param name="process">The process that saw it.</param>
    public AuditEntry ToEntry(string process) => new()
    {
        HappenedAt = At,
        Actor = Subject ?? "",
        Action = SecurityEventTypes.ActionOf(Type),
        Outcome = AuditOutcome.Done,
        Address = Address,
        Detail = Detail,
        Count = Count,
        Until = Count > 1 ? Until : null,
        Process = process,
    };

    /// <summary>Reads an event back.</summary>
    /// <returns><see langword="null"/>: the record is of something else.</returns>
    public static SecurityEvent? From(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var entry = record.Entry;
        return SecurityEventTypes.TryReadAction(entry.Action, out var type)
            ? new(entry.HappenedAt, type, entry.Actor.Length == 0 ? null : entry.Actor, entry.Address, entry.Detail ?? "")
            {
                Count = entry.Count,
                Until = entry.Until ?? entry.HappenedAt,
                Seq = record.Seq,
            }
            : null;
    }
}
