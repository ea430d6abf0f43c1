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

    /// <summary>Where it is set, calls answer as it does.</summary>
    public Task? Silence { get; set; }

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

    public async ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait)
    {
        await (Silence ?? Task.CompletedTask);
        var whole = cursor.Epoch != _epoch;
        var changes = Keys.ReadAfter(whole ? 0 : cursor.Position, KeyDirectory.LargestPage);
        return new(new KeyFeedCursor(_epoch, changes.Position), whole, changes.Records, changes.More);
    }
}
