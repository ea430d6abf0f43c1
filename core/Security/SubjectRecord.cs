using System.Collections.Immutable;
using Orleans;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>A user or a team, which is a tenant, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("pc.subject-record")]
public sealed record SubjectRecord
{
    /// <summary>Whether it is a user or a team.</summary>
    [Id(0)] public required SubjectKind Kind { get; init; }

    /// <summary>Its name in keys, tokens and addresses: see <see cref="SubjectId"/>.</summary>
    [Id(1)] public required string Id { get; init; }

    /// <summary>For operators; <see langword="null"/>: the id says it.</summary>
    [Id(2)] public string? Name { get; init; }

    /// <summary>The team a user belongs to; <see langword="null"/>: none, or this is a team.</summary>
    [Id(3)] public string? Team { get; init; }

    /// <summary>What all its keys and tokens may use together; <see langword="null"/>: the defaults of its kind.</summary>
    [Id(4)] public LimitSet? Limits { get; init; }

    /// <summary>Model patterns that it may use; default or empty: all.</summary>
    [Id(5)] public ImmutableArray<string> Models { get; init; }

    /// <summary>Regions that may serve it, its residency; default or empty: all.</summary>
    [Id(6)] public ImmutableArray<string> Regions { get; init; }

    /// <summary>Refused until it is taken back.</summary>
    [Id(7)] public bool Suspended { get; init; }

    /// <summary>Deleted: its keys are refused, as long as nobody makes it again.</summary>
    [Id(8)] public bool Deleted { get; init; }

    /// <summary>When it was made.</summary>
    [Id(9)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The subject that made it; <see langword="null"/>: an admin, the operator at the command line, or it was not noted.</summary>
    [Id(10)] public string? CreatedBy { get; init; }

    /// <summary>Who last took anything from it, so that not everybody gives it back; <see langword="null"/>: nobody since it was made.</summary>
    [Id(11)] public string? MeasuredBy { get; init; }

    /// <summary>What limits are held by, for example <c>team:research</c>.</summary>
    public string Subject => SubjectId.SubjectOf(Kind, Id);
}
