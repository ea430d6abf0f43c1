using System.Collections.Immutable;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// What the keys of a user or team may do and who made them, ended ones included, since what those have made goes on and is
/// shut out with their owner. Whoever changes a user or team has a hold on all of it, and so must have all of it.
/// </summary>
internal sealed class OwnedKeys(IGrainFactory grains, KeyTable table, KeyCallers callers, TimeProvider clock)
{
    /// <summary>Looks through all that a user or team holds, once.</summary>
    /// <param name="scope">What who asks has.</param>
    /// <param name="who">The line of who asks.</param>
    /// <param name="subject">The user or team.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<Holdings> LookThroughAsync(KeyScope scope, KeyLine who, SubjectRecord subject, CancellationToken cancellationToken)
    {
        var holdings = new Holdings(who, key => scope.Refuse(callers.EffectiveRights(KeyFacts.Of(key), table.FindMaker), key.User));
        var owners = await OwnersAsync(subject, holdings, cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, KeyDirectory.Shards).Select(shard => AddAsync(holdings, shard, owners, cancellationToken)));
        foreach (var key in table.File.Values.Select(static key => key.Record).Where(key => KeyQuery.IsOwned(owners, key)))
        {
            holdings.Add(key);
        }

        return holdings;
    }

    // A team and its users, as the keys of both are held by it.
    private async Task<ImmutableHashSet<string>> OwnersAsync(SubjectRecord subject, Holdings holdings, CancellationToken cancellationToken)
    {
        var members = subject.Kind == SubjectKind.Team
            ? await Task.WhenAll(Enumerable.Range(0, KeyDirectory.Shards).Select(shard => MembersAsync(shard, subject.Id, holdings, cancellationToken)))
            : [];
        return [subject.Subject, .. members.SelectMany(static some => some)];
    }

    private async Task<List<string>> MembersAsync(int shard, string team, Holdings holdings, CancellationToken cancellationToken)
    {
        var members = new List<string>();
        var query = new SubjectQuery(SubjectKind.User, null, KeyDirectory.LargestPage, team);
        while (true)
        {
            var page = await grains.GetGrain<IKeyDirectoryGrain>(shard).ListSubjectsAsync(query).Within(clock, cancellationToken);
            foreach (var user in page)
            {
                members.Add(user.Record.Subject);
                holdings.Add(user.Record);
            }

            if (page.Length < query.Most)
            {
                return members;
            }

            query = query with { After = page[^1].Record.Id };
        }
    }

    private async Task AddAsync(Holdings holdings, int shard, ImmutableHashSet<string> owners, CancellationToken cancellationToken)
    {
        var query = new KeyQuery(null, KeyDirectory.LargestPage) { Owners = [.. owners] };
        while (true)
        {
            var page = await grains.GetGrain<IKeyDirectoryGrain>(shard).ListAsync(query).Within(clock, cancellationToken);
            foreach (var key in page)
            {
                if (KeyQuery.IsOwned(owners, key.Record))
                {
                    holdings.Add(key.Record);
                }
            }

            if (page.Length < query.Most)
            {
                return;
            }

            query = query with { After = page[^1].Record.PublicId };
        }
    }
}
