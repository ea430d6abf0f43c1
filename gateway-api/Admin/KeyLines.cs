using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Reads where keys, tokens, users and teams come from: the directory says it, and of keys of the file the gateway itself.</summary>
internal sealed class KeyLines(IGrainFactory grains, KeyTable table, KeyCallers callers, TimeProvider clock)
{
    // As many as are looked at when a key is used: one of more makers may do nothing.
    private const int MostMakers = 16;

    // A large team's keys may have many makers: the directory is asked for so many at a time.
    private const int LinesAtOnce = 32;

    /// <summary>The line of who asks.</summary>
    public async Task<KeyLine> OfAsync(Caller caller, CancellationToken cancellationToken)
    {
        var line = await OfAsync(caller.Subject, cancellationToken);
        return line with { Bounds = line.Bounds.Union(caller.Accounts.IsDefault ? [] : caller.Accounts.Select(static account => account.Subject)) };
    }

    /// <summary>The line of a key or of a token's user.</summary>
    /// <param name="subject">For example <c>key:4fGh2kLmN0pQ</c>.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<KeyLine> OfAsync(string subject, CancellationToken cancellationToken)
    {
        var keys = new List<KeyRecord>();
        var maker = (string?)subject;
        while (maker is not null && keys.Count < MostMakers && await FindAsync(maker, cancellationToken) is { } key)
        {
            keys.Add(key);
            maker = key.CreatedBy;
        }

        return KeyLine.Of(subject, keys, key => callers.RightsOf(KeyFacts.Of(key)).Permissions == Permission.All, user => callers.Accounts.Find(user)?.Team);
    }

    /// <summary>The line of a user or team, those of what it holds included.</summary>
    public async Task<KeyLine> OfAsync(SubjectRecord record, Holdings holdings, CancellationToken cancellationToken)
    {
        var line = await OfAsync(record, cancellationToken);
        line = line with { Kin = line.Kin.Union(holdings.Shared) };
        var held = holdings.KeyOfEachMaker.Select(key => OfAsync(key.Subject, cancellationToken))
            .Concat(holdings.UserOfEachMaker.Select(user => OfAsync(user, cancellationToken)));
        foreach (var some in held.Chunk(LinesAtOnce))
        {
            foreach (var one in await Task.WhenAll(some))
            {
                line = line.Holding(one);
            }
        }

        return line;
    }

    private async Task<KeyLine> OfAsync(SubjectRecord record, CancellationToken cancellationToken) =>
        KeyLine.OfSubject(record.Subject, record.CreatedBy is { } maker ? await OfAsync(maker, cancellationToken) : null);

    // The directory knows the newest; keys of the file are in none.
    private async Task<KeyRecord?> FindAsync(string subject, CancellationToken cancellationToken)
    {
        if (!subject.StartsWith(KeyRecord.KeySubject, StringComparison.Ordinal))
        {
            return null;
        }

        var id = subject[KeyRecord.KeySubject.Length..];
        var stored = ApiKeyFormat.IsPublicId(id)
            ? await grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(id)).FindAsync(id).Within(clock, cancellationToken)
            : null;
        return stored ?? table.FindRecord(id);
    }
}
