using Orleans;

namespace ProxyCluster.Core.Audit;

/// <summary>Something that an operator watches for.</summary>
/// <param name="At">When, UTC.</param>
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
    [property: Id(4)] string Detail);
