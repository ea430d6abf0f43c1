using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Holds whoever changes keys, users and teams to two rules: what was taken from somebody is not given back by its own line,
/// and nobody changes what bounds itself or any of its makers. Admins are free.
/// </summary>
internal sealed class MeasureGuard(IGrainFactory grains, KeyLines lines, TimeProvider clock)
{
    /// <summary>Why a key may not become another, or what it is to be with who has taken from it last.</summary>
    public async Task<(KeyRecord Record, Problem? Problem)> JudgeAsync(Caller caller, KeyRecord from, KeyRecord to, CancellationToken cancellationToken)
    {
        var taker = from.MeasuredBy ?? from.CreatedBy;
        var mayLift = await MayLiftAsync(caller, () => lines.OfAsync(from.Subject, cancellationToken), taker, cancellationToken);
        return Measures.Loosens(from, to) && !mayLift
            ? (from, Problem.Akin())
            : (to with { MeasuredBy = Measures.Loosens(to, from) && mayLift ? caller.Subject : from.MeasuredBy }, null);
    }

    /// <summary>As for keys, of a user or team.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="from">What is in force, deleted ones included; <see langword="null"/>: nobody ever made it.</param>
    /// <param name="to">What is to be.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<(SubjectRecord Record, Problem? Problem)> JudgeAsync(Caller caller, SubjectRecord? from, SubjectRecord to, CancellationToken cancellationToken)
    {
        if (!caller.May(Permission.All) && (caller.OnlyTeam is not null || (await lines.OfAsync(caller, cancellationToken)).Bounds.Contains(to.Subject)))
        {
            return (to, Problem.OutOfScope("What bounds your own key, or a maker of it, is for others to change, and a key of a team changes no users and teams."));
        }

        if (from is null)
        {
            return (Made(caller, to), null);
        }

        var mayLift = await MayLiftAsync(caller, () => lines.OfAsync(from, cancellationToken), from.MeasuredBy ?? from.CreatedBy, cancellationToken);
        if ((Measures.Loosens(from, to) && !mayLift) || !await MayLeaveAsync(caller, from, to, cancellationToken))
        {
            return (to, Problem.Akin());
        }

        return (from.Deleted ? Made(caller, to) : to with { MeasuredBy = Measures.Loosens(to, from) && mayLift ? caller.Subject : from.MeasuredBy }, null);
    }

    /// <summary>Whether a caller may lift the block of a subject's limits, which it sees.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="subject">For example <c>key:4fGh2kLmN0pQ</c>.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<bool> MayUnblockAsync(Caller caller, string subject, CancellationToken cancellationToken)
    {
        var id = subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        switch (LimitSubject.LevelOf(subject))
        {
            case LimitLevel.Key:
                var key = ApiKeyFormat.IsPublicId(id) ? await Shard(id).FindAsync(id).Within(clock, cancellationToken) : null;
                return await MayLiftAsync(caller, () => lines.OfAsync(subject, cancellationToken), key?.MeasuredBy ?? key?.CreatedBy, cancellationToken);
            case LimitLevel.User or LimitLevel.Team:
                return await MayUnblockOwnerAsync(caller, subject, cancellationToken);
            case LimitLevel.Token:
                return await MayUnblockOwnerAsync(caller, SubjectId.OfUser(TokenSubject.UserOf(subject)), cancellationToken);
            default:
                return true;
        }
    }

    private async Task<bool> MayUnblockOwnerAsync(Caller caller, string subject, CancellationToken cancellationToken)
    {
        if (caller.May(Permission.All))
        {
            return true;
        }

        if ((await lines.OfAsync(caller, cancellationToken)).Bounds.Contains(subject))
        {
            return false;
        }

        var owner = (await Shard(subject).ReadSubjectAsync(subject).Within(clock, cancellationToken))?.Record;
        return owner is null || await MayLiftAsync(caller, () => lines.OfAsync(owner, cancellationToken), owner.MeasuredBy ?? owner.CreatedBy, cancellationToken);
    }

    // What was taken from a team holds its users: to let one go is to give it back to that one.
    private async Task<bool> MayLeaveAsync(Caller caller, SubjectRecord from, SubjectRecord to, CancellationToken cancellationToken)
    {
        if (from.Team is null || from.Team == to.Team)
        {
            return true;
        }

        var subject = SubjectId.OfTeam(from.Team);
        var team = (await Shard(subject).ReadSubjectAsync(subject).Within(clock, cancellationToken))?.Record;
        return team is null or { MeasuredBy: null, Suspended: false, Deleted: false }
            || await MayLiftAsync(caller, () => lines.OfAsync(from, cancellationToken), team.MeasuredBy ?? team.CreatedBy, cancellationToken);
    }

    private async Task<bool> MayLiftAsync(Caller caller, Func<Task<KeyLine>> target, string? taker, CancellationToken cancellationToken) =>
        caller.May(Permission.All)
        || (await lines.OfAsync(caller, cancellationToken)).MayLift(
            await target(), taker is null ? null : await lines.OfAsync(taker, cancellationToken));

    // Who made an admin's users is not kept: they are akin to nobody by that.
    private static SubjectRecord Made(Caller caller, SubjectRecord record) =>
        record with { CreatedBy = caller.May(Permission.All) ? null : caller.Subject, MeasuredBy = null };

    private IKeyDirectoryGrain Shard(string key) => grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(key));
}
