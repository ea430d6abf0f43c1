using System.Collections.Immutable;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GrainInterfaces.Security;

/// <summary>Which keys of a shard are asked for.</summary>
/// <param name="After">Public ids after this one; <see langword="null"/>: from the first.</param>
/// <param name="Most">Keys at most.</param>
[GenerateSerializer, Immutable, Alias("pc.key-query")]
public sealed record KeyQuery([property: Id(0)] string? After, [property: Id(1)] int Most)
{
    /// <summary>Of this user only; <see langword="null"/>: of all.</summary>
    [Id(2)] public string? User { get; init; }

    /// <summary>Of this team only; <see langword="null"/>: of all.</summary>
    [Id(3)] public string? Team { get; init; }

    /// <summary>Made by this subject only; <see langword="null"/>: by anyone.</summary>
    [Id(4)] public string? CreatedBy { get; init; }

    /// <summary>Only what any of these users and teams owns or has made, by their subjects; default: whatever it is. A silo of an earlier release passes it over, so the answer is to be looked through again.</summary>
    [Id(5)] public ImmutableArray<string> Owners { get; init; }

    /// <summary>Whether a key is one of <see cref="Owners"/>'.</summary>
    /// <param name="owners">Users and teams, by their subjects.</param>
    /// <param name="key">The key.</param>
    public static bool IsOwned(IReadOnlySet<string> owners, KeyRecord key)
    {
        ArgumentNullException.ThrowIfNull(owners);
        ArgumentNullException.ThrowIfNull(key);
        return (key.User is { } user && owners.Contains(SubjectId.OfUser(user)))
            || (key.Team is { } team && owners.Contains(SubjectId.OfTeam(team)))
            || (key.CreatedBy is { } maker && owners.Contains(maker));
    }
}

/// <summary>Which users or teams of a shard are asked for.</summary>
/// <param name="Kind">Users or teams.</param>
/// <param name="After">Ids after this one; <see langword="null"/>: from the first.</param>
/// <param name="Most">So many at most.</param>
/// <param name="Team">Users of this team only; <see langword="null"/>: of all.</param>
[GenerateSerializer, Immutable, Alias("pc.subject-query")]
public sealed record SubjectQuery(
    [property: Id(0)] SubjectKind Kind,
    [property: Id(1)] string? After,
    [property: Id(2)] int Most,
    [property: Id(3)] string? Team);
