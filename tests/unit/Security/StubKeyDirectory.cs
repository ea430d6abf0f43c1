using System.Collections.Immutable;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>One shard in memory, which can be silent.</summary>
internal sealed class StubKeyDirectory : IKeyDirectoryGrain
{
    private readonly Guid _epoch = Guid.NewGuid();

    public KeyShard Keys { get; } = new();

    /// <summary>How often a key was looked up.</summary>
    public int Finds { get; private set; }

    /// <summary>What gateways have told of the use of keys.</summary>
    public List<KeyUse> Uses { get; } = [];

    /// <summary>What the shard's clock says.</summary>
    public Func<DateTimeOffset> Now { get; init; } = () => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where it is set, calls answer as it does.</summary>
    public Task? Silence { get; set; }

    /// <summary>What a shard of an older release says to a question that it does not know.</summary>
    public Exception? CountFault { get; set; }

    public async ValueTask<bool> AddAsync(KeyRecord record)
    {
        await (Silence ?? Task.CompletedTask);
        Keys.Apply(Keys.Plan(record));
        return true;
    }

    public async ValueTask<KeyRecord?> FindAsync(string publicId)
    {
        Finds++;
        await (Silence ?? Task.CompletedTask);
        return Keys.Find(publicId);
    }

    public async ValueTask<bool> RevokeAsync(string publicId)
    {
        await (Silence ?? Task.CompletedTask);
        if (Keys.Find(publicId) is not { } record)
        {
            return false;
        }

        Keys.Apply(Keys.Plan(record with { Revoked = true }));
        return true;
    }

    public async ValueTask<KeyDescription?> ReadAsync(string publicId)
    {
        await (Silence ?? Task.CompletedTask);
        return Keys.FindStored(publicId) is { } stored ? new(stored.Record, stored.Position, null, null) : null;
    }

    public async ValueTask<KeyCounts> CountAsync()
    {
        if (CountFault is not null)
        {
            throw CountFault;
        }

        await (Silence ?? Task.CompletedTask);
        return Keys.CountsAt(Now());
    }

    public async ValueTask<KeyChange> ChangeAsync(KeyRecord record, long expectedVersion)
    {
        await (Silence ?? Task.CompletedTask);
        Keys.Apply(Keys.Plan(KeyTransitions.Changed(Keys.Find(record.PublicId)!, record)));
        return new(KeyChangeResult.Stored, Keys.Position);
    }

    public async ValueTask<KeyChange> RotateAsync(KeyRotation rotation)
    {
        await (Silence ?? Task.CompletedTask);
        var record = KeyTransitions.Rotated(Keys.Find(rotation.PublicId)!, rotation.Hash, rotation.PepperVersion, rotation.Grace, Now());
        Keys.Apply(Keys.Plan(record));
        return new(KeyChangeResult.Stored, Keys.Position);
    }

    public async ValueTask RehashAsync(KeyRehash rehash)
    {
        await (Silence ?? Task.CompletedTask);
        Keys.Apply(Keys.Plan(KeyTransitions.Rehashed(Keys.Find(rehash.PublicId)!, rehash.Known, rehash.Hash, rehash.PepperVersion)!));
    }

    public async ValueTask<KeyChange> SetSubjectAsync(SubjectRecord record, long expectedVersion)
    {
        await (Silence ?? Task.CompletedTask);
        Keys.Apply(Keys.Plan(record));
        return new(KeyChangeResult.Stored, Keys.Position);
    }

    public ValueTask UsedAsync(ImmutableArray<KeyUse> uses)
    {
        Uses.AddRange(uses);
        return ValueTask.CompletedTask;
    }

    public ValueTask<KeyFeedPage> FollowAsync(KeyFeedPoll poll) => FeedAsync(poll.Cursor, poll.Wait);

    public async ValueTask<ImmutableArray<KeyDescription>> ListAsync(KeyQuery query)
    {
        await (Silence ?? Task.CompletedTask);
        return
        [
            .. Keys.Keys.Where(key => string.CompareOrdinal(key.Record.PublicId, query.After) > 0)
                .OrderBy(key => key.Record.PublicId, StringComparer.Ordinal)
                .Take(query.Most)
                .Select(key => new KeyDescription(key.Record, key.Position, null, null)),
        ];
    }

    public ValueTask<SubjectDescription?> ReadSubjectAsync(string subject) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<SubjectDescription>> ListSubjectsAsync(SubjectQuery query) => throw new NotSupportedException();

    public ValueTask LeaveAsync(Guid gateway) => throw new NotSupportedException();

    public ValueTask<KeyReach> ReachAsync(long version, TimeSpan wait) => throw new NotSupportedException();

    public async ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait)
    {
        await (Silence ?? Task.CompletedTask);
        var whole = cursor.Epoch != _epoch;
        var changes = Keys.ReadAfter(whole ? 0 : cursor.Position, KeyDirectory.LargestPage);
        return new(new KeyFeedCursor(_epoch, changes.Position), whole, changes.Records, changes.More) { Subjects = changes.Subjects };
    }
}
