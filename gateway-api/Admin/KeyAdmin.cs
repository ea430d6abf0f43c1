using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// API keys. A key is shown once, when it is made or gets another secret; later only its public part and a piece of its
/// hash. What is taken away is waited for: the answer names the gateways that may still go by the old.
/// </summary>
internal sealed class KeyAdmin(
    IGrainFactory grains, KeyCreation creation, KeyFields fields, KeyCallers callers, KeyTable table, SubjectAdmin subjects, MeasureGuard measures, IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock)
{
    private static readonly int LongestGraceSeconds = (int)TimeSpan.FromDays(7).TotalSeconds;
    private static readonly int DefaultGraceSeconds = (int)TimeSpan.FromDays(1).TotalSeconds;

    /// <summary><c>POST keys</c>.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var (body, problem) = await AdminBody.ReadObjectAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var (wish, faults) = fields.ReadNew(body);
        if (wish is null)
        {
            return faults!;
        }

        var scope = GiverOf(context);
        wish = scope.Complete(wish);
        var rights = callers.RightsOf(KeyFacts.Of(wish));
        if ((scope.Refuse(rights, wish.User)
            ?? await subjects.RefuseOwnerAsync(scope, wish, context.RequestAborted)
            ?? await RefuseThroughUserAsync(scope, rights, wish.User, context.RequestAborted)) is { } refusal)
        {
            return refusal;
        }

        var created = await creation.CreateAsync(wish, context.RequestAborted);
        AuditNote.Of(context).Changes(default, KeyWriter.Audited(created.Record));
        context.Response.Headers.Location = $"/admin/v1/keys/{created.Record.PublicId}";
        return await FindAsync(context, created.Record.PublicId) is { } key
            ? Show(context, key, StatusCodes.Status201Created, created.Key.Reveal())
            : NoSuch(created.Record.PublicId);
    }

    /// <summary><c>GET keys</c>, in the order of shards, then of public ids; <c>?user=</c>, <c>?team=</c> and <c>?createdBy=</c> choose.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        if (page.After is { } last && !ApiKeyFormat.IsPublicId(last))
        {
            return Problem.InvalidParameter("'after' must be the public id of a key.");
        }

        var asked = context.Request.Query;
        var query = new KeyQuery(page.After, page.Limit + 1)
        {
            User = Chosen(asked["user"]),
            Team = KeyScope.Of(context).Team ?? Chosen(asked["team"]),
            CreatedBy = Chosen(asked["createdBy"]),
        };
        var found = new List<KeyDescription>();
        for (var shard = page.After is null ? 0 : KeyDirectory.ShardOf(page.After); shard < KeyDirectory.Shards && found.Count <= page.Limit; shard++)
        {
            found.AddRange(await grains.GetGrain<IKeyDirectoryGrain>(shard).ListAsync(query).Within(clock, context.RequestAborted));
            query = query with { After = null, Most = page.Limit + 1 - found.Count };
        }

        return page.Answer(found, key => key.Record.PublicId, (json, key) => KeyWriter.Write(json, key));
    }

    /// <summary><c>GET keys/{publicId}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context, string publicId) =>
        await FindAsync(context, publicId) is { } key ? Show(context, key) : NoSuch(publicId);

    /// <summary><c>PATCH keys/{publicId}</c>: name, models, regions, limits, priority and end.</summary>
    public async Task<IResult> PatchAsync(HttpContext context, string publicId)
    {
        var (patch, problem) = await AdminBody.ReadObjectAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        if (await FindAsync(context, publicId) is not { } key)
        {
            return NoSuch(publicId);
        }

        if (EntityVersion.Check(context.Request, key.Version) is { } stale)
        {
            return stale;
        }

        var (changed, faults) = fields.ReadPatch(key.Record, patch);
        if (changed is null)
        {
            return faults!;
        }

        // Whoever may not have what the key has now takes nothing from it either.
        var scope = GiverOf(context);
        if ((scope.Refuse(EffectiveRights(key.Record), key.Record.User)
            ?? await RefuseAsync(scope, EffectiveRights(changed), changed.User, context.RequestAborted)) is { } refusal)
        {
            return refusal;
        }

        (changed, problem) = await measures.JudgeAsync(scope.Caller, key.Record, changed, context.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        AuditNote.Of(context).Changes(KeyWriter.Audited(key.Record), KeyWriter.Audited(changed));
        var change = await Shard(publicId).ChangeAsync(changed, key.Version).Within(clock, context.RequestAborted);
        return ProblemOf(publicId, change.Result) ?? await GetAsync(context, publicId);
    }

    /// <summary><c>POST keys/{publicId}/rotate</c>: another secret; the old one goes on for <c>graceSeconds</c>.</summary>
    public async Task<IResult> RotateAsync(HttpContext context, string publicId)
    {
        var (graceSeconds, problem) = await ReadGraceAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        if (await FindAsync(context, publicId) is not { } key)
        {
            return NoSuch(publicId);
        }

        if (context.Request.Headers.IfMatch.Count > 0 && EntityVersion.Check(context.Request, key.Version) is { } stale)
        {
            return stale;
        }

        // Whoever gets a secret gets all that the key may do.
        if (await RefuseAsync(GiverOf(context), EffectiveRights(key.Record), key.Record.User, context.RequestAborted) is { } refusal)
        {
            return refusal;
        }

        var (change, plain) = await creation.RotateAsync(publicId, TimeSpan.FromSeconds(graceSeconds), key.Version, context.RequestAborted);
        if (ProblemOf(publicId, change.Result) is { } failed)
        {
            return failed;
        }

        var reach = await Reach.WaitAsync(Shard(publicId), change.Version, clock, context.RequestAborted);
        if (await FindAsync(context, publicId) is not { } rotated)
        {
            return NoSuch(publicId);
        }

        AuditNote.Of(context).Changes(KeyWriter.Audited(key.Record), KeyWriter.Audited(rotated.Record));
        return Show(context, rotated, StatusCodes.Status200OK, plain.Reveal(), reach);
    }

    /// <summary><c>DELETE keys/{publicId}</c>: the key never works again. Waits for the gateways, and names those that lag.</summary>
    public async Task<IResult> RevokeAsync(HttpContext context, string publicId)
    {
        if (await FindAsync(context, publicId) is not { } before)
        {
            return NoSuch(publicId);
        }

        if (GiverOf(context).Refuse(EffectiveRights(before.Record), before.Record.User) is { } refusal)
        {
            return refusal;
        }

        if (!await Shard(publicId).RevokeAsync(publicId).Within(clock, context.RequestAborted)
            || await FindAsync(context, publicId) is not { } key)
        {
            return NoSuch(publicId);
        }

        AuditNote.Of(context).Changes(KeyWriter.Audited(before.Record), KeyWriter.Audited(key.Record));
        var reach = await Reach.WaitAsync(Shard(publicId), key.Version, clock, context.RequestAborted);
        return Show(context, key, reach: reach);
    }

    private async Task<Problem?> RefuseAsync(KeyScope scope, KeyRights rights, string? user, CancellationToken cancellationToken) =>
        scope.Refuse(rights, user) ?? await RefuseThroughUserAsync(scope, rights, user, cancellationToken);

    // A user whose limits are wider than the caller's would hold a key of its own by less.
    private async Task<Problem?> RefuseThroughUserAsync(KeyScope scope, KeyRights rights, string? user, CancellationToken cancellationToken) =>
        user is not null && scope.Held.Most is not null && !scope.IsOwn(user)
        && scope.Held.AreExceededThrough(rights.Limits, await subjects.LimitsOfUserAsync(user, cancellationToken))
            ? Problem.ExceedsMaker(["limits"])
            : null;

    private KeyScope GiverOf(HttpContext context) => KeyScope.OfGiver(context, options.CurrentValue);

    private static Problem NoSuch(string publicId) => Problem.NotFound($"key '{publicId}'");

    private static string? Chosen(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static IResult Show(
        HttpContext context, KeyDescription key, int status = StatusCodes.Status200OK, string? plain = null, Reach? reach = null)
    {
        context.Response.Headers.ETag = EntityVersion.TagOf(key.Version);
        return AdminJson.Answer(json => KeyWriter.Write(json, key, plain, reach), status);
    }

    private static Problem? ProblemOf(string publicId, KeyChangeResult result) => result switch
    {
        KeyChangeResult.Stored => null,
        KeyChangeResult.NotFound => NoSuch(publicId),
        KeyChangeResult.VersionMismatch => Problem.VersionMoved(),
        KeyChangeResult.Ended => Problem.KeyEnded(publicId),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "It is not a result of a change."),
    };

    private static async Task<(int Seconds, Problem? Problem)> ReadGraceAsync(HttpRequest request)
    {
        if (request.ContentLength is null or 0 && request.ContentType is null)
        {
            return (DefaultGraceSeconds, null);
        }

        var (body, problem) = await AdminBody.ReadObjectAsync(request);
        if (problem is not null)
        {
            return (0, problem);
        }

        var faults = new List<AdminFault>();
        var fields = new JsonFields(body, "", faults);
        var seconds = fields.Integer("graceSeconds", DefaultGraceSeconds, 0, LongestGraceSeconds);
        fields.RefuseOthers();
        return (seconds, faults.Count > 0 ? Problem.InvalidBody(faults) : null);
    }

    private KeyRights EffectiveRights(KeyRecord record) => callers.EffectiveRights(KeyFacts.Of(record), table.FindMaker);

    private IKeyDirectoryGrain Shard(string publicId) => grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(publicId));

    // A key of another team is as good as none.
    private async Task<KeyDescription?> FindAsync(HttpContext context, string publicId) =>
        ApiKeyFormat.IsPublicId(publicId)
        && await Shard(publicId).ReadAsync(publicId).Within(clock, context.RequestAborted) is { } key
        && KeyScope.Of(context).Sees(key.Record.Team)
            ? key
            : null;
}
