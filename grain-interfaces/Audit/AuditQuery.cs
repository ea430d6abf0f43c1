using System.Collections.Immutable;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.GrainInterfaces.Audit;

/// <summary>Which records are asked for.</summary>
/// <param name="After">The last record that the caller has; 0: from the beginning.</param>
/// <param name="Limit">Records at most; at least 1.</param>
[GenerateSerializer, Immutable, Alias("pc.audit-query")]
public sealed record AuditQuery([property: Id(0)] long After, [property: Id(1)] int Limit)
{
    /// <summary>Written at or after; <see langword="null"/>: from the beginning.</summary>
    [Id(2)] public DateTimeOffset? From { get; init; }

    /// <summary>Written before; <see langword="null"/>: to the end.</summary>
    [Id(3)] public DateTimeOffset? To { get; init; }

    /// <summary>By this actor; <see langword="null"/>: by anyone.</summary>
    [Id(4)] public string? Actor { get; init; }

    /// <summary>This action, or with a trailing <c>*</c> all that begin so; <see langword="null"/>: any.</summary>
    [Id(5)] public string? Action { get; init; }
}

/// <summary>A part of a log.</summary>
/// <param name="Lines">Records as they are stored.</param>
/// <param name="Next">What to send as <see cref="AuditQuery.After"/> for the rest; 0: there is no more.</param>
[GenerateSerializer, Immutable, Alias("pc.audit-page")]
public sealed record AuditPage([property: Id(0)] ImmutableArray<string> Lines, [property: Id(1)] long Next);

/// <summary>Where a log begins and ends.</summary>
/// <param name="First">Its first record that is still kept.</param>
/// <param name="Tail">Its last record.</param>
[GenerateSerializer, Immutable, Alias("pc.audit-extent")]
public sealed record AuditExtent([property: Id(0)] long First, [property: Id(1)] AuditTail Tail);
