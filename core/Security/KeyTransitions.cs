using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>How a key becomes another: what may change of it, and what never does.</summary>
public static class KeyTransitions
{
    /// <summary>Whether a key works no more.</summary>
    /// <param name="record">The key.</param>
    /// <param name="now">The moment.</param>
    public static bool HasEnded(KeyRecord record, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Revoked || record.ExpiresAt <= now;
    }

    /// <summary>The key with what an operator may change, and nothing else, as asked.</summary>
    /// <param name="current">The key in force.</param>
    /// <param name="asked">The key as it is to be.</param>
    public static KeyRecord Changed(KeyRecord current, KeyRecord asked)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(asked);
        return current with
        {
            Name = asked.Name,
            Roles = asked.Roles,
            Permissions = asked.Permissions,
            User = asked.User,
            Team = asked.Team,
            Models = asked.Models,
            Regions = asked.Regions,
            Limits = asked.Limits,
            Priority = asked.Priority,
            ExpiresAt = asked.ExpiresAt,
            MeasuredBy = asked.MeasuredBy ?? current.MeasuredBy,
        };
    }

    /// <summary>The key with another secret. The one before goes on for the grace; the one before that ends.</summary>
    /// <param name="current">The key in force.</param>
    /// <param name="hash">The new secret's hash.</param>
    /// <param name="pepperVersion">What it was made with.</param>
    /// <param name="grace">How long the old secret goes on; zero or less: not at all.</param>
    /// <param name="now">The moment.</param>
    public static KeyRecord Rotated(KeyRecord current, ImmutableArray<byte> hash, uint pepperVersion, TimeSpan grace, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(current);
        var goesOn = grace > TimeSpan.Zero;
        return current with
        {
            Hash = hash,
            PepperVersion = pepperVersion,
            PreviousHash = goesOn ? current.Hash : [],
            PreviousPepperVersion = goesOn ? current.PepperVersion : 0,
            PreviousEndsAt = goesOn ? now + grace : null,
            RotatedAt = now,
        };
    }

    /// <summary>The key with one of its hashes under a newer pepper.</summary>
    /// <param name="current">The key in force.</param>
    /// <param name="known">The hash that is to be replaced.</param>
    /// <param name="hash">The same secret's hash under the newer pepper.</param>
    /// <param name="pepperVersion">That pepper.</param>
    /// <returns><see langword="null"/>: the key has no such hash.</returns>
    public static KeyRecord? Rehashed(KeyRecord current, ImmutableArray<byte> known, ImmutableArray<byte> hash, uint pepperVersion)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (current.Hash.AsSpan().SequenceEqual(known.AsSpan()))
        {
            return current with { Hash = hash, PepperVersion = pepperVersion };
        }

        return !current.PreviousHash.IsDefaultOrEmpty && current.PreviousHash.AsSpan().SequenceEqual(known.AsSpan())
            ? current with { PreviousHash = hash, PreviousPepperVersion = pepperVersion }
            : null;
    }
}
