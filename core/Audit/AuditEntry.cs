using Orleans;

namespace ProxyCluster.Core.Audit;

/// <summary>
/// Something that is to be written into an audit log: an action of a person or a program, or security events added up.
/// Its texts need not be trusted: they are cleaned and cut when the record is written.
/// </summary>
[GenerateSerializer, Immutable, Alias("pc.audit-entry")]
public sealed record AuditEntry
{
    /// <summary>When it happened, by the clock of the process that saw it, UTC.</summary>
    [Id(0)] public required DateTimeOffset HappenedAt { get; init; }

    /// <summary>Who, for example <c>key:4fGh2kLmN0pQ</c>; <c>system</c>: the product itself.</summary>
    [Id(1)] public required string Actor { get; init; }

    /// <summary>What, resource first, for example <c>providers.update</c>.</summary>
    [Id(2)] public required string Action { get; init; }

    /// <summary>What became of it: see <see cref="AuditOutcome"/>.</summary>
    [Id(3)] public required string Outcome { get; init; }

    /// <summary>How the actor was known, for example <c>api_key</c>; <see langword="null"/>: it does not apply.</summary>
    [Id(4)] public string? Authentication { get; init; }

    /// <summary>The client's address; <see langword="null"/>: none.</summary>
    [Id(5)] public string? Address { get; init; }

    /// <summary>The id of what it was done to, never a key; <see langword="null"/>: there is none.</summary>
    [Id(6)] public string? Object { get; init; }

    /// <summary>SHA-256 of what was there before, in hexadecimal; <see langword="null"/>: nothing, or it is not known.</summary>
    [Id(7)] public string? BeforeHash { get; init; }

    /// <summary>SHA-256 of what is there now, in hexadecimal; <see langword="null"/>: nothing, or it is not known.</summary>
    [Id(8)] public string? AfterHash { get; init; }

    /// <summary>What differs, without secrets; <see langword="null"/>: nothing, or it is not known.</summary>
    [Id(9)] public string? Difference { get; init; }

    /// <summary>The request it came with, as in <c>x-request-id</c>; <see langword="null"/>: none.</summary>
    [Id(10)] public string? RequestId { get; init; }

    /// <summary>What else is worth knowing; <see langword="null"/>: nothing.</summary>
    [Id(11)] public string? Detail { get; init; }

    /// <summary>The number of the record that announced it; 0: none did.</summary>
    [Id(12)] public long Intent { get; init; }

    /// <summary>How many times it happened.</summary>
    [Id(13)] public long Count { get; init; } = 1;

    /// <summary>When it happened last; <see langword="null"/>: once only.</summary>
    [Id(14)] public DateTimeOffset? Until { get; init; }

    /// <summary>The process that saw it, for operators; <see langword="null"/>: it matters not.</summary>
    [Id(15)] public string? Process { get; init; }
}
