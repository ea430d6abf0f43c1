using System.Collections.Immutable;
using System.Security.Cryptography;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Keys, users and teams in few bytes: what a gateway needs to know of them, about 100 bytes a key. Hashes come first, at
/// fixed places, so that they are compared without reading the rest. When a key was made is left out.
/// </summary>
public static class KeyPacking
{
    /// <summary>Bytes of the longest packed record.</summary>
    public const int MostBytes = 60 * 1024;

    private const int HashStart = 1;
    private const int PreviousStart = HashStart + KeyHash.Size;

    /// <summary>Packs a key.</summary>
    /// <param name="record">Its hash, and the one before, must be whole.</param>
    /// <param name="output">Room for it: <see cref="MostBytes"/> are enough.</param>
    /// <returns>How many bytes were written; 0: it does not fit, or its hash is damaged.</returns>
    public static int Pack(KeyRecord record, Span<byte> output)
    {
        ArgumentNullException.ThrowIfNull(record);
        var hasPrevious = HasPrevious(record);
        if (record.Hash.IsDefault || record.Hash.Length != KeyHash.Size || (hasPrevious && record.PreviousHash.Length != KeyHash.Size))
        {
            return 0;
        }

        var flags = FlagsOf(record);
        var writer = new PackWriter(output);
        writer.Byte((byte)flags);
        writer.Bytes(record.Hash.AsSpan());
        if (hasPrevious)
        {
            writer.Bytes(record.PreviousHash.AsSpan());
        }

        writer.Text(record.PublicId);
        writer.Text(record.Name);
        writer.Texts(record.Roles);
        WriteOptional(ref writer, record, flags);
        return writer.HasFailed ? 0 : writer.Length;
    }

    /// <summary>Reads a packed key.</summary>
    /// <param name="packed">The whole record.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static KeyRecord Unpack(ReadOnlySpan<byte> packed) => UnpackFacts(packed).ToRecord([.. HashOf(packed)], [.. PreviousHashOf(packed)]);

    /// <summary>Reads a packed key without its hashes: for who has found it.</summary>
    /// <param name="packed">The whole record.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static KeyFacts UnpackFacts(ReadOnlySpan<byte> packed)
    {
        var reader = new PackReader(packed);
        var flags = (PackedFields)reader.Byte();
        var hasPrevious = (flags & PackedFields.Previous) != 0;
        reader.Bytes(hasPrevious ? KeyHash.Size * 2 : KeyHash.Size);

        // In the order of the fields.
        var subject = reader.TextAfter(KeyRecord.KeySubject);
        var name = reader.Text();
        var roles = reader.Roles();
        var previousPepper = hasPrevious ? (uint)reader.Unsigned() : 0;
        var previousEnd = hasPrevious && reader.Moment() is { Ticks: > 0 } end ? end : default(DateTimeOffset?);
        var expires = (flags & PackedFields.Expires) != 0 ? reader.Moment() : default(DateTimeOffset?);
        var user = (flags & PackedFields.User) != 0 ? reader.Text() : null;
        var team = (flags & PackedFields.Team) != 0 ? reader.CommonText() : null;
        var maker = (flags & PackedFields.CreatedBy) != 0 ? reader.CommonText() : null;
        var limits = (flags & PackedFields.Limits) != 0 ? reader.Limits() : null;
        var more = (flags & PackedFields.More) != 0 ? MoreFields.Read(ref reader) : default;
        return new()
        {
            Subject = subject,
            Name = name,
            Roles = roles,
            Revoked = (flags & PackedFields.Revoked) != 0,
            PreviousPepperVersion = previousPepper,
            PreviousEndsAt = previousEnd,
            ExpiresAt = expires,
            User = user,
            Team = team,
            CreatedBy = maker,
            Limits = limits,
            PepperVersion = more.Pepper,
            Priority = more.Priority,
            Permissions = more.Permissions,
            Models = more.Models,
            Regions = more.Regions,
        };
    }

    /// <summary>The hash of a packed key's secret.</summary>
    /// <param name="packed">The whole record.</param>
    public static ReadOnlySpan<byte> HashOf(ReadOnlySpan<byte> packed) => packed.Slice(HashStart, KeyHash.Size);

    /// <summary>The hash of the secret before the last rotation; empty: there is none.</summary>
    /// <param name="packed">The whole record.</param>
    public static ReadOnlySpan<byte> PreviousHashOf(ReadOnlySpan<byte> packed) =>
        ((PackedFields)packed[0]).HasFlag(PackedFields.Previous) ? packed.Slice(PreviousStart, KeyHash.Size) : default;

    /// <summary>Whether a hash is one of a packed key's.</summary>
    /// <param name="packed">The whole record.</param>
    /// <param name="hash">The hash.</param>
    /// <remarks>In a time that does not depend on the bytes.</remarks>
    public static bool HasHash(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> hash) =>
        CryptographicOperations.FixedTimeEquals(HashOf(packed), hash) | CryptographicOperations.FixedTimeEquals(PreviousHashOf(packed), hash);

    /// <summary>The public id of a packed key, in ASCII.</summary>
    /// <param name="packed">The whole record.</param>
    public static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> packed)
    {
        var reader = new PackReader(packed[(((PackedFields)packed[0]).HasFlag(PackedFields.Previous) ? PreviousStart + KeyHash.Size : PreviousStart)..]);
        return reader.Bytes((int)Math.Min(reader.Unsigned(), int.MaxValue));
    }

    /// <summary>The user of a packed key, in UTF-8; empty: it has none.</summary>
    /// <param name="packed">The whole record.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static ReadOnlySpan<byte> UserOf(ReadOnlySpan<byte> packed)
    {
        var flags = (PackedFields)packed[0];
        if ((flags & PackedFields.User) == 0)
        {
            return default;
        }

        var reader = new PackReader(packed);
        reader.Bytes((flags & PackedFields.Previous) != 0 ? PreviousStart + KeyHash.Size : PreviousStart);
        reader.TextBytes();
        reader.TextBytes();
        for (var roles = reader.Unsigned(); roles > 0; roles--)
        {
            reader.TextBytes();
        }

        if ((flags & PackedFields.Previous) != 0)
        {
            reader.Unsigned();
            reader.Long();
        }

        if ((flags & PackedFields.Expires) != 0)
        {
            reader.Long();
        }

        return reader.TextBytes();
    }

    /// <summary>Whether a packed key is revoked.</summary>
    /// <param name="packed">The whole record.</param>
    public static bool IsRevoked(ReadOnlySpan<byte> packed) => ((PackedFields)packed[0]).HasFlag(PackedFields.Revoked);

    /// <summary>When a packed key stops working; <see langword="null"/>: never.</summary>
    /// <param name="packed">The whole record.</param>
    public static DateTimeOffset? EndOf(ReadOnlySpan<byte> packed) =>
        ((PackedFields)packed[0]).HasFlag(PackedFields.Expires) ? UnpackFacts(packed).ExpiresAt : null;

    /// <summary>Packs a user or team.</summary>
    /// <param name="record">What to pack.</param>
    /// <param name="output">Room for it: <see cref="MostBytes"/> are enough.</param>
    /// <returns>How many bytes were written; 0: it does not fit.</returns>
    public static int Pack(SubjectRecord record, Span<byte> output)
    {
        ArgumentNullException.ThrowIfNull(record);
        var writer = new PackWriter(output);
        writer.Byte((byte)((record.Suspended ? 1 : 0) | (record.Deleted ? 2 : 0) | (record.Team is null ? 0 : 4) | (record.Limits is null ? 0 : 8)));
        writer.Byte((byte)record.Kind);
        writer.Text(record.Id);
        writer.Texts(record.Models);
        writer.Texts(record.Regions);
        if (record.Team is not null)
        {
            writer.Text(record.Team);
        }

        if (record.Limits is not null)
        {
            writer.Limits(record.Limits);
        }

        return writer.HasFailed ? 0 : writer.Length;
    }

    /// <summary>Reads a packed user or team. Its name for operators and its beginning were left out.</summary>
    /// <param name="packed">The whole record.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static SubjectRecord UnpackSubject(ReadOnlySpan<byte> packed)
    {
        var reader = new PackReader(packed);
        var flags = reader.Byte();
        return new()
        {
            Kind = (SubjectKind)reader.Byte(),
            Id = reader.Text(),
            Models = reader.Texts(),
            Regions = reader.Texts(),
            Team = (flags & 4) != 0 ? reader.Text() : null,
            Limits = (flags & 8) != 0 ? reader.Limits() : null,
            Suspended = (flags & 1) != 0,
            Deleted = (flags & 2) != 0,
        };
    }

    private static bool HasPrevious(KeyRecord record) =>
        !record.PreviousHash.IsDefaultOrEmpty && !record.PreviousHash.AsSpan().SequenceEqual(record.Hash.AsSpan());

    private static PackedFields FlagsOf(KeyRecord record)
    {
        var hasMore = !record.Permissions.IsDefaultOrEmpty || !record.Models.IsDefaultOrEmpty || !record.Regions.IsDefaultOrEmpty
            || record.Priority is not null || record.PepperVersion != 0;
        return (HasPrevious(record) ? PackedFields.Previous : 0)
            | (record.ExpiresAt is null ? 0 : PackedFields.Expires)
            | (record.Revoked ? PackedFields.Revoked : 0)
            | (record.User is null ? 0 : PackedFields.User)
            | (record.Team is null ? 0 : PackedFields.Team)
            | (record.CreatedBy is null ? 0 : PackedFields.CreatedBy)
            | (record.Limits is null ? 0 : PackedFields.Limits)
            | (hasMore ? PackedFields.More : 0);
    }

    private static void WriteOptional(ref PackWriter writer, KeyRecord record, PackedFields flags)
    {
        if (flags.HasFlag(PackedFields.Previous))
        {
            writer.Unsigned(record.PreviousPepperVersion);
            writer.Long(record.PreviousEndsAt?.UtcTicks ?? 0);
        }

        if (record.ExpiresAt is { } end)
        {
            writer.Long(end.UtcTicks);
        }

        foreach (var text in (ReadOnlySpan<string?>)[record.User, record.Team, record.CreatedBy])
        {
            if (text is not null)
            {
                writer.Text(text);
            }
        }

        if (record.Limits is { } limits)
        {
            writer.Limits(limits);
        }

        if (flags.HasFlag(PackedFields.More))
        {
            writer.Unsigned(record.PepperVersion);
            writer.Byte(record.Priority is { } priority ? (byte)(priority + 1) : (byte)0);
            writer.Texts(record.Permissions);
            writer.Texts(record.Models);
            writer.Texts(record.Regions);
        }
    }

    // What few keys have.
    private readonly record struct MoreFields(
        uint Pepper, RequestPriority? Priority, ImmutableArray<string> Permissions, ImmutableArray<string> Models, ImmutableArray<string> Regions)
    {
        public static MoreFields Read(ref PackReader reader)
        {
            var pepper = (uint)reader.Unsigned();
            var priority = reader.Byte();
            return new(
                pepper,
                priority is 0 or > (byte)RequestPriority.Critical + 1 ? null : (RequestPriority)(priority - 1),
                reader.Texts(),
                reader.Texts(),
                reader.Texts());
        }
    }

    // Which fields follow.
    [Flags]
    private enum PackedFields : byte
    {
        None = 0,
        Previous = 1,
        Expires = 2,
        Revoked = 4,
        User = 8,
        Team = 16,
        CreatedBy = 32,
        Limits = 64,
        More = 128,
    }
}
