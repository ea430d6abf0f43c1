using System.Collections.Immutable;
using Orleans;

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

    /// <summary><c>admin</c>, <c>user</c>.</summary>
    [Id(3)] public required ImmutableArray<string> Roles { get; init; }

    /// <summary>When it was made.</summary>
    [Id(4)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working; <see langword="null"/>: never.</summary>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A revoked key never works again.</summary>
    [Id(6)] public bool Revoked { get; init; }
}
