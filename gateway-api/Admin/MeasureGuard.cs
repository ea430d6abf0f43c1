using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Holds whoever changes keys, users and teams to three rules: what was taken from somebody is not given back by its own line,
/// nobody changes what bounds itself or any of its makers, nor a user or team that holds a key which may do more. Admins are free.
/// </summary>
internal sealed class MeasureGuard(IGrainFactory grains, KeyLines lines, OwnedKeys keys, TimeProvider clock)
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

    /// <summary>Why a caller may not change a user or team, whatever that is and is to be; <see langword="null"/>: nothing of that kind.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="subject">For example <c>user:ada</c>, which need not exist.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<Problem?> RefuseAsync(Caller caller, string subject, CancellationToken cancellationToken) =>
        !caller.May(Permission.All) && (caller.OnlyTeam is not null || (await lines.OfAsync(caller, cancellationToken)).Bounds.Contains(subject))
            ? Problem.OutOfScope("What bounds your own key, or a maker of it, is for others to change, and a key of a team changes no users and teams.")
            : null;

    /// <summary>As for keys, of a user or team that <see cref="RefuseAsync"/> leaves to the caller.</summary>
    /// <param name="scope">What who asks has.</param>
    /// <param name="from">What is in force, deleted ones included; <see langword="null"/>: nobody ever made it.</param>
    /// <param name="to">What is to be.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<(SubjectRecord Record, Problem? Problem)> JudgeAsync(KeyScope scope, SubjectRecord? from, SubjectRecord to, CancellationToken cancellationToken)
    {
        var caller = scope.Caller;
        var holdings = await LookThroughAsync(scope, to, cancellationToken);
        if (from is null)
        {
            return (Made(caller, to), holdings?.Refusal);
        }

        var mayLift = await MayLiftAsync(caller, from, holdings, from.MeasuredBy ?? from.CreatedBy, cancellationToken);
        if ((Measures.Loosens(from, to) && !mayLift) || !await MayLeaveAsync(caller, from, to, holdings, cancellationToken))
        {
            return (to, Problem.Akin());
        }

        // Where nothing is held yet, there is nothing that its taker could lift for another.
        var takes = Measures.Loosens(to, from) && (mayLift || !Measures.Hold(from));
        return (from.Deleted ? Made(caller, to) : to with { MeasuredBy = takes ? caller.Subject : from.MeasuredBy }, holdings?.Refusal);
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

    // Admins are free, whatever it is.
    private async Task<Holdings?> LookThroughAsync(KeyScope scope, SubjectRecord subject, CancellationToken cancellationToken) =>
        scope.Caller.May(Permission.All)
            ? null
            : await keys.LookThroughAsync(scope, await lines.OfAsync(scope.Caller, cancellationToken), subject, cancellationToken);

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
        return owner is null
            || await MayLiftAsync(caller, owner, await LookThroughAsync(new(caller), owner, cancellationToken), owner.MeasuredBy ?? owner.CreatedBy, cancellationToken);
    }

    // What was taken from a team holds its users: to let one go is to give it back to that one.
    private async Task<bool> MayLeaveAsync(Caller caller, SubjectRecord from, SubjectRecord to, Holdings? holdings, CancellationToken cancellationToken)
    {
        if (from.Team is null || from.Team == to.Team)
        {
            return true;
        }

        var subject = SubjectId.OfTeam(from.Team);
        var team = (await Shard(subject).ReadSubjectAsync(subject).Within(clock, cancellationToken))?.Record;
        return team is null or { MeasuredBy: null, Suspended: false, Deleted: false }
            || await MayLiftAsync(caller, from, holdings, team.MeasuredBy ?? team.CreatedBy, cancellationToken);
    }

    private async Task<bool> MayLiftAsync(Caller caller, SubjectRecord target, Holdings? holdings, string? taker, CancellationToken cancellationToken) =>
        holdings is null || await MayLiftAsync(caller, () => lines.OfAsync(target, holdings, cancellationToken), taker, cancellationToken);

    private async Task<bool> MayLiftAsync(Caller caller, Func<Task<KeyLine>> target, string? taker, CancellationToken cancellationToken) =>
        caller.May(Permission.All)
        || (await lines.OfAsync(caller, cancellationToken)).MayLift(
            await target(), taker is null ? null : await lines.OfAsync(taker, cancellationToken));

    // Who made an admin's users is not kept: they are akin to nobody by that.
    private static SubjectRecord Made(Caller caller, SubjectRecord record) =>
        record with { CreatedBy = caller.May(Permission.All) ? null : caller.Subject, MeasuredBy = null };

    private IKeyDirectoryGrain Shard(string key) => grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(key));
}
