using System.Collections.Immutable;
using Orleans;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Core.Security;

/// <summary>An API key as it is stored: never the key itself.</summary>
[GenerateSerializer, Immutable, Alias("pc.key-record")]
public sealed record KeyRecord
{
    /// <summary>The 12 characters after <c>sk-pc-</c>: may be shown and logged.</summary>
    [Id(0)] public required string PublicId { get; init; }

    /// <summary>HMAC-SHA-256 of the whole key under the cluster's pepper, 32 bytes.</summary>
    [Id(1)] public required ImmutableArray<byte> Hash { get; init; }

    /// <summary>For operators.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>The names of its roles.</summary>
    [Id(3)] public required ImmutableArray<string> Roles { get; init; }

    /// <summary>When it was made.</summary>
    [Id(4)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working; <see langword="null"/>: never.</summary>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A revoked key never works again.</summary>
    [Id(6)] public bool Revoked { get; init; }

    /// <summary>The user it belongs to; <see langword="null"/>: none.</summary>
    [Id(7)] public string? User { get; init; }

    /// <summary>The team it belongs to; <see langword="null"/>: its user's, or none.</summary>
    [Id(8)] public string? Team { get; init; }

    /// <summary>Names of permissions beside those of its roles; default: none.</summary>
    [Id(9)] public ImmutableArray<string> Permissions { get; init; }

    /// <summary>Model patterns that it may use; default or empty: all.</summary>
    [Id(10)] public ImmutableArray<string> Models { get; init; }

    /// <summary>Regions that may serve it; default or empty: all.</summary>
    [Id(11)] public ImmutableArray<string> Regions { get; init; }

    /// <summary>Its own limits; <see langword="null"/>: the defaults.</summary>
    [Id(12)] public LimitSet? Limits { get; init; }

    /// <summary>The subject that made it, whose rights it never exceeds; <see langword="null"/>: the operator at the command line.</summary>
    [Id(13)] public string? CreatedBy { get; init; }

    /// <summary>How long its requests are taken when a gateway fills up; <see langword="null"/>: <see cref="RequestPriority.Normal"/>.</summary>
    [Id(14)] public RequestPriority? Priority { get; init; }

    /// <summary>The <see cref="Pepper.Version"/> that <see cref="Hash"/> was made with; 0: not noted.</summary>
    [Id(15)] public uint PepperVersion { get; init; }

    /// <summary>The hash of the secret before the last rotation; default or empty: there is none.</summary>
    [Id(16)] public ImmutableArray<byte> PreviousHash { get; init; }

    /// <summary>The pepper of <see cref="PreviousHash"/>.</summary>
    [Id(17)] public uint PreviousPepperVersion { get; init; }

    /// <summary>Until when the secret before the last rotation works.</summary>
    [Id(18)] public DateTimeOffset? PreviousEndsAt { get; init; }

    /// <summary>When the secret was last replaced; <see langword="null"/>: never.</summary>
    [Id(19)] public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Who last took anything from it, so that not everybody gives it back; <see langword="null"/>: nobody since it was made.</summary>
    [Id(20)] public string? MeasuredBy { get; init; }

    /// <summary>Whether who made it could do everything: what an admin hands out is not akin to the rest that it handed out.</summary>
    [Id(21)] public bool IsMadeByAdmin { get; init; }

    /// <summary>What limits are held by, and what it is known by as a maker.</summary>
    public string Subject => KeySubject + PublicId;

    /// <summary>Who makes keys in the open loopback mode, where everyone on the machine may do everything.</summary>
    public const string LocalMaker = "local";

    /// <summary>What the subject of each key begins with.</summary>
    public const string KeySubject = "key:";
}
