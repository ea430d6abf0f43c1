using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Core.Security;

/// <summary>What requests need to know of a key: a <see cref="KeyRecord"/> without its hashes, and no object of its own, since one is read for each key that comes by.</summary>
public readonly record struct KeyFacts
{
    /// <summary>What limits are held by: <c>key:</c> and the public id.</summary>
    public required string Subject { get; init; }

    /// <inheritdoc cref="KeyRecord.Name"/>
    public required string Name { get; init; }

    /// <inheritdoc cref="KeyRecord.Roles"/>
    public required ImmutableArray<string> Roles { get; init; }

    /// <inheritdoc cref="KeyRecord.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <inheritdoc cref="KeyRecord.Revoked"/>
    public bool Revoked { get; init; }

    /// <inheritdoc cref="KeyRecord.User"/>
    public string? User { get; init; }

    /// <inheritdoc cref="KeyRecord.Team"/>
    public string? Team { get; init; }

    /// <inheritdoc cref="KeyRecord.Permissions"/>
    public ImmutableArray<string> Permissions { get; init; }

    /// <inheritdoc cref="KeyRecord.Models"/>
    public ImmutableArray<string> Models { get; init; }

    /// <inheritdoc cref="KeyRecord.Regions"/>
    public ImmutableArray<string> Regions { get; init; }

    /// <inheritdoc cref="KeyRecord.Limits"/>
    public LimitSet? Limits { get; init; }

    /// <inheritdoc cref="KeyRecord.CreatedBy"/>
    public string? CreatedBy { get; init; }

    /// <inheritdoc cref="KeyRecord.Priority"/>
    public RequestPriority? Priority { get; init; }

    /// <inheritdoc cref="KeyRecord.PepperVersion"/>
    public uint PepperVersion { get; init; }

    /// <inheritdoc cref="KeyRecord.PreviousPepperVersion"/>
    public uint PreviousPepperVersion { get; init; }

    /// <inheritdoc cref="KeyRecord.PreviousEndsAt"/>
    public DateTimeOffset? PreviousEndsAt { get; init; }

    /// <summary>Those of a record.</summary>
    /// <param name="record">The key.</param>
    public static KeyFacts Of(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new()
        {
            Subject = record.Subject,
            Name = record.Name,
            Roles = record.Roles,
            ExpiresAt = record.ExpiresAt,
            Revoked = record.Revoked,
            User = record.User,
            Team = record.Team,
            Permissions = record.Permissions,
            Models = record.Models,
            Regions = record.Regions,
            Limits = record.Limits,
            CreatedBy = record.CreatedBy,
            Priority = record.Priority,
            PepperVersion = record.PepperVersion,
            PreviousPepperVersion = record.PreviousPepperVersion,
            PreviousEndsAt = record.PreviousEndsAt,
        };
    }

    /// <summary>The record, with the hashes that it was packed with.</summary>
    /// <param name="hash">Of its secret.</param>
    /// <param name="previousHash">Of the secret before the last rotation; empty: there is none.</param>
    public KeyRecord ToRecord(ImmutableArray<byte> hash, ImmutableArray<byte> previousHash) => new()
    {
        PublicId = Subject[KeyRecord.KeySubject.Length..],
        Hash = hash,
        PreviousHash = previousHash,
        Name = Name,
        Roles = Roles,
        ExpiresAt = ExpiresAt,
        Revoked = Revoked,
        User = User,
        Team = Team,
        Permissions = Permissions,
        Models = Models,
        Regions = Regions,
        Limits = Limits,
        CreatedBy = CreatedBy,
        Priority = Priority,
        PepperVersion = PepperVersion,
        PreviousPepperVersion = PreviousPepperVersion,
        PreviousEndsAt = PreviousEndsAt,
    };
}
