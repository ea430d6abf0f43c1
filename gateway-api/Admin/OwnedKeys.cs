using System.Collections.Immutable;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// What the keys of a user or team may do, ended ones included, since what those have made goes on and is shut out with their
/// owner. Whoever changes a user or team has a hold on all of it, and so must have all of it.
/// </summary>
internal sealed class OwnedKeys(IGrainFactory grains, KeyTable table, KeyCallers callers, TimeProvider clock)
{
    /// <summary>Why a caller may not change a user or team; <see langword="null"/>: none of its keys may do more than the caller.</summary>
    /// <param name="scope">What the caller has.</param>
    /// <param name="subject">The user or team.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<Problem?> RefuseAsync(KeyScope scope, SubjectRecord subject, CancellationToken cancellationToken)
    {
        if (scope.Caller.May(Permission.All))
        {
            return null;
        }

        var owners = await OwnersAsync(subject, cancellationToken);
        var refusals = await Task.WhenAll(Enumerable.Range(0, KeyDirectory.Shards).Select(shard => RefuseAsync(scope, shard, owners, cancellationToken)));
        return refusals.FirstOrDefault(static refusal => refusal is not null)
            ?? table.File.Values.Select(static key => key.Record).Where(key => KeyQuery.IsOwned(owners, key)).Select(key => Refuse(scope, key)).FirstOrDefault(static refusal => refusal is not null);
    }

    // A team and its users, as the keys of both are held by it.
    private async Task<ImmutableHashSet<string>> OwnersAsync(SubjectRecord subject, CancellationToken cancellationToken)
    {
        var members = subject.Kind == SubjectKind.Team
            ? await Task.WhenAll(Enumerable.Range(0, KeyDirectory.Shards).Select(shard => MembersAsync(shard, subject.Id, cancellationToken)))
            : [];
        return [subject.Subject, .. members.SelectMany(static some => some)];
    }

    private async Task<List<string>> MembersAsync(int shard, string team, CancellationToken cancellationToken)
    {
        var members = new List<string>();
        var query = new SubjectQuery(SubjectKind.User, null, KeyDirectory.LargestPage, team);
        while (true)
        {
            var page = await grains.GetGrain<IKeyDirectoryGrain>(shard).ListSubjectsAsync(query).Within(clock, cancellationToken);
            members.AddRange(page.Select(static user => user.Record.Subject));
            if (page.Length < query.Most)
            {
                return members;
            }

            query = query with { After = page[^1].Record.Id };
        }
    }

    private async Task<Problem?> RefuseAsync(KeyScope scope, int shard, ImmutableHashSet<string> owners, CancellationToken cancellationToken)
    {
        var query = new KeyQuery(null, KeyDirectory.LargestPage) { Owners = [.. owners] };
        while (true)
        {
            var page = await grains.GetGrain<IKeyDirectoryGrain>(shard).ListAsync(query).Within(clock, cancellationToken);
            foreach (var key in page)
            {
                if (KeyQuery.IsOwned(owners, key.Record) && Refuse(scope, key.Record) is { } refusal)
                {
                    return refusal;
                }
            }

            if (page.Length < query.Most)
            {
                return null;
            }

            query = query with { After = page[^1].Record.PublicId };
        }
    }

    private Problem? Refuse(KeyScope scope, KeyRecord key) => scope.Refuse(callers.EffectiveRights(KeyFacts.Of(key), table.FindMaker), key.User);
}
