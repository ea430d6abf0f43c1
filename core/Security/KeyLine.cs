using System.Collections.Immutable;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Where a key, token, user or team comes from: who made it, who made that, and whose they are. A measure that was taken
/// against one of a line is not for the rest of the line to lift (RELIABILITY S6).
/// </summary>
/// <param name="Subject">Whose line it is, for example <c>key:4fGh2kLmN0pQ</c>.</param>
public sealed record KeyLine(string Subject)
{
    /// <summary>The subject and its makers, the nearest first. Ends before a maker that may do everything: what an admin makes is not akin by that.</summary>
    public ImmutableArray<string> Makers { get; init; } = [Subject];

    /// <summary>The makers, and the users of those that are keys.</summary>
    public ImmutableHashSet<string> Kin { get; init; } = [Subject];

    /// <summary>The users and teams that bound any of the line, those of admins included.</summary>
    public ImmutableHashSet<string> Bounds { get; init; } = [];

    /// <summary>The line of a key or token.</summary>
    /// <param name="subject">The key, or the user of a token.</param>
    /// <param name="keys">The keys that are known of it: its own record, that of its maker, and so on.</param>
    /// <param name="mayDoEverything">Whether a key is an admin's.</param>
    /// <param name="teamOf">Finds the team of a user, by the user's subject.</param>
    public static KeyLine Of(string subject, IReadOnlyList<KeyRecord> keys, Func<KeyRecord, bool> mayDoEverything, Func<string, string?> teamOf)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(mayDoEverything);
        ArgumentNullException.ThrowIfNull(teamOf);
        var (makers, kin, bounds) = (ImmutableArray.CreateBuilder<string>(), ImmutableHashSet.CreateBuilder<string>(), ImmutableHashSet.CreateBuilder<string>());
        var maker = (string?)subject;
        var isOpen = true;
        for (var i = 0; maker is not null; i++)
        {
            var key = i < keys.Count ? keys[i] : null;
            isOpen &= i == 0 || key is null || !mayDoEverything(key);
            if (isOpen)
            {
                makers.Add(maker);
                kin.Add(maker);
                kin.UnionWith(key?.User is { } user ? [SubjectId.OfUser(user)] : []);
            }

            bounds.UnionWith(key is null ? BoundsOf(maker, null, teamOf) : BoundsOf(key.User is { } owner ? SubjectId.OfUser(owner) : null, key.Team, teamOf));

            // An earlier release did not note that who made a key in the open mode could do everything.
            isOpen &= key is not ({ IsMadeByAdmin: true } or { CreatedBy: KeyRecord.LocalMaker });
            maker = key?.CreatedBy;
        }

        return new(subject) { Makers = makers.ToImmutable(), Kin = kin.ToImmutable(), Bounds = bounds.ToImmutable() };
    }

    /// <summary>The line of a user or team: its maker's, which it comes before.</summary>
    /// <param name="subject">For example <c>user:ada</c>.</param>
    /// <param name="maker">Its maker's line; <see langword="null"/>: an admin made it, or nobody knows who did.</param>
    public static KeyLine OfSubject(string subject, KeyLine? maker) => maker is null
        ? new(subject)
        : new(subject) { Makers = maker.Makers.Insert(0, subject), Kin = maker.Kin.Add(subject), Bounds = maker.Bounds };

    /// <summary>The line of a user or team that holds another one: what frees it frees that, whose kin is therefore its own.</summary>
    /// <param name="held">The line of one of its keys, or of a user of the team.</param>
    public KeyLine Holding(KeyLine held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return this with { Kin = Kin.Union(held.Kin) };
    }

    /// <summary>
    /// Whether this one may lift a measure that was taken against another: it is of another line, or has taken the measure
    /// itself, or has made who took it. Neither the other one nor what that has made ever may.
    /// </summary>
    /// <param name="target">Whom the measure holds.</param>
    /// <param name="taker">Who took it; <see langword="null"/>: nobody knows.</param>
    public bool MayLift(KeyLine target, KeyLine? taker)
    {
        ArgumentNullException.ThrowIfNull(target);
        return !Kin.Contains(target.Subject)
            && (!Kin.Overlaps(target.Kin) || taker?.Makers.Contains(Subject) == true);
    }

    private static IEnumerable<string> BoundsOf(string? user, string? team, Func<string, string?> teamOf)
    {
        if (user is not null)
        {
            yield return user;
            team ??= teamOf(user);
        }

        if (team is not null)
        {
            yield return SubjectId.OfTeam(team);
        }
    }
}
