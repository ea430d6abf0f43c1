using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Users and teams. A team is the tenant; a user belongs to one team or none. Suspended or deleted, they take all their
/// keys with them, and the answer names the gateways that may not know yet.
/// </summary>
internal sealed class SubjectAdmin(IGrainFactory grains, MeasureGuard measures, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock)
{
    /// <summary><c>POST users</c>, <c>POST teams</c>.</summary>
    public async Task<IResult> CreateAsync(HttpContext context, SubjectKind kind)
    {
        var (body, problem) = await AdminBody.ReadObjectAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var (record, faults) = SubjectFields.ReadNew(kind, body);
        if (record is null)
        {
            return faults!;
        }

        // Whether there is one already is not for everybody to know.
        if (await measures.RefuseAsync(KeyScope.Of(context).Caller, record.Subject, context.RequestAborted) is { } refusal)
        {
            return refusal;
        }

        var known = await Shard(record.Subject).ReadSubjectAsync(record.Subject).Within(clock, context.RequestAborted);
        if (known is { Record.Deleted: false })
        {
            return Problem.Exists(NameOf(kind, record.Id));
        }

        (record, problem) = await JudgeAsync(context, known?.Record, record);
        if (problem is not null)
        {
            return problem;
        }

        AuditNote.Of(context).Changes(default, SubjectFields.Audited(record));
        var change = await Shard(record.Subject).SetSubjectAsync(record, expectedVersion: 0).Within(clock, context.RequestAborted);
        if (change.Result != KeyChangeResult.Stored)
        {
            return Problem.Exists(NameOf(kind, record.Id));
        }

        context.Response.Headers.Location = $"/admin/v1/{(kind == SubjectKind.Team ? "teams" : "users")}/{Uri.EscapeDataString(record.Id)}";
        return await AnswerAsync(context, record, StatusCodes.Status201Created, reach: null);
    }

    /// <summary><c>GET users</c>, <c>GET teams</c>, in the order of shards, then of ids; <c>?team=</c> chooses users.</summary>
    public async Task<IResult> ListAsync(HttpContext context, SubjectKind kind, string? team)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        if (page.After is { } last && !SubjectId.IsValid(last))
        {
            return Problem.InvalidParameter("'after' must be the id of a user or team.");
        }

        var scope = KeyScope.Of(context);
        var found = new List<SubjectDescription>();
        var query = new SubjectQuery(kind, page.After, page.Limit + 1, kind == SubjectKind.User ? scope.Team ?? team : null);
        for (var shard = page.After is null ? 0 : ShardOf(SubjectId.SubjectOf(kind, page.After)); shard < KeyDirectory.Shards && found.Count <= page.Limit; shard++)
        {
            var part = await grains.GetGrain<IKeyDirectoryGrain>(shard).ListSubjectsAsync(query).Within(clock, context.RequestAborted);
            found.AddRange(part.Where(subject => kind == SubjectKind.User || scope.Sees(subject.Record.Id)));
            query = query with { After = null };
        }

        return page.Answer(found, subject => subject.Record.Id, (json, subject) => SubjectFields.Write(json, subject));
    }

    /// <summary><c>GET users/{id}</c>, <c>GET teams/{id}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context, SubjectKind kind, string id) =>
        await FindAsync(context, kind, id) is { } subject ? Show(context, subject) : NoSuch(kind, id);

    /// <summary><c>PATCH users/{id}</c>, <c>PATCH teams/{id}</c>.</summary>
    public async Task<IResult> PatchAsync(HttpContext context, SubjectKind kind, string id)
    {
        var (patch, problem) = await AdminBody.ReadObjectAsync(context.Request);
        return problem ?? await ChangeAsync(context, kind, id, current => SubjectFields.ReadPatch(current, patch));
    }

    /// <summary><c>DELETE users/{id}</c>, <c>DELETE teams/{id}</c>: its keys are refused.</summary>
    public Task<IResult> DeleteAsync(HttpContext context, SubjectKind kind, string id) =>
        ChangeAsync(context, kind, id, current => (current with { Deleted = true }, null));

    /// <summary>Changes a user or team that the caller has seen, and waits for the gateways where something is taken away.</summary>
    public async Task<IResult> ChangeAsync(
        HttpContext context, SubjectKind kind, string id, Func<SubjectRecord, (SubjectRecord? Record, Problem? Problem)> next)
    {
        if (await FindAsync(context, kind, id) is not { } current)
        {
            return NoSuch(kind, id);
        }

        if (EntityVersion.Check(context.Request, current.Version) is { } stale)
        {
            return stale;
        }

        var (record, faults) = next(current.Record);
        if (record is null)
        {
            return faults!;
        }

        var refusal = await measures.RefuseAsync(KeyScope.Of(context).Caller, record.Subject, context.RequestAborted);
        if (refusal is null)
        {
            (record, refusal) = await JudgeAsync(context, current.Record, record);
        }

        if (refusal is not null)
        {
            return refusal;
        }

        AuditNote.Of(context).Changes(SubjectFields.Audited(current.Record), SubjectFields.Audited(record));
        var change = await Shard(record.Subject).SetSubjectAsync(record, current.Version).Within(clock, context.RequestAborted);
        if (change.Result != KeyChangeResult.Stored)
        {
            return change.Result == KeyChangeResult.NotFound ? NoSuch(kind, id) : Problem.VersionMoved();
        }

        var reach = record.Suspended || record.Deleted
            ? await Reach.WaitAsync(Shard(record.Subject), change.Version, clock, context.RequestAborted)
            : null;
        return await AnswerAsync(context, record, StatusCodes.Status200OK, reach);
    }

    /// <summary>Finds a user or team that the caller may see; <see langword="null"/>: there is none.</summary>
    public async Task<SubjectDescription?> FindAsync(HttpContext context, SubjectKind kind, string id) =>
        await ReadAsync(kind, id, context.RequestAborted) is { } subject
        && KeyScope.Of(context).Sees(kind == SubjectKind.Team ? id : subject.Record.Team)
            ? subject
            : null;

    /// <summary>Why a key may not belong to the user and team it names; <see langword="null"/>: it may.</summary>
    public async Task<Problem?> RefuseOwnerAsync(KeyScope scope, KeyRecord wish, CancellationToken cancellationToken)
    {
        if (!scope.Sees(wish.Team))
        {
            return Problem.OutOfScope($"Your keys belong to the team '{scope.Team}', and so do those that you make.");
        }

        var faults = new List<AdminFault>();
        if (wish.Team is { } team && await ReadAsync(SubjectKind.Team, team, cancellationToken) is null)
        {
            faults.Add(new("team", $"There is no team '{team}': make it first."));
        }

        if (wish.User is { } name && !scope.IsOwn(name))
        {
            var user = await ReadAsync(SubjectKind.User, name, cancellationToken);
            if (user is null || !scope.Sees(user.Record.Team))
            {
                faults.Add(new("user", $"There is no user '{name}': make it first."));
            }
            else if (wish.Team is not null && user.Record.Team is { } own && own != wish.Team)
            {
                faults.Add(new("team", $"The user '{name}' belongs to the team '{own}'."));
            }
        }

        return faults.Count > 0 ? Problem.InvalidBody(faults) : null;
    }

    /// <summary>The limits that a user was given; <see langword="null"/>: none.</summary>
    public async Task<LimitSet?> LimitsOfUserAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync(SubjectKind.User, id, cancellationToken))?.Record.Limits;

    /// <summary>There is no such user or team.</summary>
    public static Problem NoSuch(SubjectKind kind, string id) => Problem.NotFound(NameOf(kind, id));

    private static string NameOf(SubjectKind kind, string id) => $"{(kind == SubjectKind.Team ? "team" : "user")} '{id}'";

    private static int ShardOf(string subject) => KeyDirectory.ShardOf(subject);

    private static IResult Show(HttpContext context, SubjectDescription subject, int status = StatusCodes.Status200OK, Reach? reach = null)
    {
        context.Response.Headers.ETag = EntityVersion.TagOf(subject.Version);
        return AdminJson.Answer(json => SubjectFields.Write(json, subject, reach), status);
    }

    private IKeyDirectoryGrain Shard(string subject) => grains.GetGrain<IKeyDirectoryGrain>(ShardOf(subject));

    private async Task<SubjectDescription?> ReadAsync(SubjectKind kind, string id, CancellationToken cancellationToken)
    {
        var subject = SubjectId.SubjectOf(kind, id);
        return SubjectId.IsValid(id)
            && await Shard(subject).ReadSubjectAsync(subject).Within(clock, cancellationToken) is { Record.Deleted: false } found
                ? found
                : null;
    }

    // What is to be, with who has taken from it last, or why it may not.
    private async Task<(SubjectRecord Record, Problem? Problem)> JudgeAsync(HttpContext context, SubjectRecord? from, SubjectRecord to)
    {
        var scope = KeyScope.OfGiver(context, options.CurrentValue);
        (to, var problem) = await measures.JudgeAsync(scope, from, to, context.RequestAborted);
        var isNew = from is null or { Deleted: true };
        if (problem is null && to.Kind == SubjectKind.User && (isNew || to.Limits != from!.Limits) && LimitBounds.IsBeyond(to.Limits, scope.Held.Most))
        {
            problem = Problem.ExceedsMaker(["limits"]);
        }

        if (problem is null && to.Team is { } team && await ReadAsync(SubjectKind.Team, team, context.RequestAborted) is null)
        {
            problem = Problem.InvalidBody([new("team", $"There is no team '{team}': make it first.")]);
        }

        return (to, problem);
    }

    private async Task<IResult> AnswerAsync(HttpContext context, SubjectRecord record, int status, Reach? reach)
    {
        // A deleted one is shown once more, with who may not know of it.
        var stored = await Shard(record.Subject).ReadSubjectAsync(record.Subject).Within(clock, context.RequestAborted);
        return stored is null ? NoSuch(record.Kind, record.Id) : Show(context, stored, status, reach);
    }
}
