using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Finds out to whom the subject of a limit belongs: a key to its user and team, a user to its team. The directory says it.</summary>
internal sealed class SubjectOwners(IGrainFactory grains, KeyTable keys, TimeProvider clock)
{
    /// <summary>How a subject stands to a caller. One that nobody knows is nobody's.</summary>
    /// <param name="scope">What the caller may do.</param>
    /// <param name="subject">For example <c>user:ada</c>.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<SubjectRelation> RelationAsync(KeyScope scope, string subject, CancellationToken cancellationToken)
    {
        var caller = scope.Caller;
        if (caller.May(Permission.All))
        {
            return SubjectRelation.Within;
        }

        var (user, team) = await OwnerOfAsync(subject, cancellationToken);
        if (caller.Accounts.Any(account => account.Subject == subject) || (user is not null && user == caller.User))
        {
            return SubjectRelation.Own;
        }

        return scope.Sees(team) ? SubjectRelation.Within : SubjectRelation.Foreign;
    }

    private async Task<(string? User, string? Team)> OwnerOfAsync(string subject, CancellationToken cancellationToken)
    {
        var id = subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        switch (LimitSubject.LevelOf(subject))
        {
            case LimitLevel.Team:
                return (null, id);
            case LimitLevel.User:
                return (id, await TeamOfAsync(id, cancellationToken));
            case LimitLevel.Token:
                var holder = TokenSubject.UserOf(subject);
                return (holder, await TeamOfAsync(holder, cancellationToken));
            case LimitLevel.Key when await FindKeyAsync(id, cancellationToken) is { } key:
                return (key.User, key.Team ?? (key.User is { } user ? await TeamOfAsync(user, cancellationToken) : null));
            default:
                return default;
        }
    }

    // Keys of the file are in no directory.
    private async Task<KeyRecord?> FindKeyAsync(string publicId, CancellationToken cancellationToken) =>
        keys.FindRecord(publicId) is { } known ? known
        : ApiKeyFormat.IsPublicId(publicId)
            ? (await Shard(publicId).ReadAsync(publicId).Within(clock, cancellationToken))?.Record
            : null;

    private async Task<string?> TeamOfAsync(string user, CancellationToken cancellationToken)
    {
        var subject = SubjectId.OfUser(user);
        return SubjectId.IsValid(user) ? (await Shard(subject).ReadSubjectAsync(subject).Within(clock, cancellationToken))?.Record.Team : null;
    }

    private IKeyDirectoryGrain Shard(string key) => grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(key));
}
