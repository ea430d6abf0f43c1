using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;
using ProxyCluster.Grains.Security;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Security;

public sealed class KeyDirectoryGrainTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly DateTimeOffset Created = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_IsFound_AndToldByTheFeed()
    {
        var shard = Shard(1);
        var record = Record(1);

        Assert.True(await shard.AddAsync(record));

        Assert.Equal(record.Name, (await shard.FindAsync(record.PublicId))!.Name);
        var page = await shard.FeedAsync(default, TimeSpan.Zero);
        Assert.True(page.Whole);
        Assert.Contains(page.Changes, r => r.PublicId == record.PublicId);
    }

    [Fact]
    public async Task Add_OfTheSameKeyAgain_IsNoFault_AndOfAnotherKeyWithItsId_IsRefused()
    {
        var shard = Shard(2);
        var record = Record(2);
        await shard.AddAsync(record);
        var before = (await shard.FeedAsync(default, TimeSpan.Zero)).Next;

        Assert.True(await shard.AddAsync(record));
        Assert.False(await shard.AddAsync(record with { Hash = [.. Enumerable.Repeat((byte)9, KeyHash.Size)] }));

        Assert.Equal(before, (await shard.FeedAsync(default, TimeSpan.Zero)).Next);
    }

    [Fact]
    public async Task Add_ToAnotherShard_IsTheCallersMistake() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Shard(4).AddAsync(Record(3)));

    [Fact]
    public async Task Feed_OfAReaderThatIsCurrent_WaitsForTheNextChange()
    {
        var shard = Shard(5);
        var record = Record(5);
        await shard.AddAsync(record);
        var cursor = (await shard.FeedAsync(default, TimeSpan.Zero)).Next;
        var waiting = shard.FeedAsync(cursor, KeyDirectory.LongestWait).AsTask();

        Assert.True(await shard.RevokeAsync(record.PublicId));
        var page = await waiting.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancel);

        Assert.False(page.Whole);
        Assert.Equal([(record.PublicId, true)], page.Changes.Select(r => (r.PublicId, r.Revoked)));
        Assert.NotEqual(cursor, page.Next);
    }

    [Fact]
    public async Task Feed_WithACursorOfAnotherEpoch_OrFromTheFuture_StartsAgain()
    {
        var shard = Shard(6);
        await shard.AddAsync(Record(6));
        var cursor = (await shard.FeedAsync(default, TimeSpan.Zero)).Next;

        Assert.True((await shard.FeedAsync(cursor with { Epoch = Guid.NewGuid() }, KeyDirectory.LongestWait)).Whole);
        Assert.True((await shard.FeedAsync(cursor with { Position = cursor.Position + 1 }, KeyDirectory.LongestWait)).Whole);
        Assert.False((await shard.FeedAsync(cursor with { Position = 0 }, KeyDirectory.LongestWait)).Whole);
    }

    [Fact]
    public async Task Feed_OfAnEmptyShard_AnswersAtOnce()
    {
        var page = await Shard(7).FeedAsync(default, KeyDirectory.LongestWait).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancel);

        Assert.Equal((true, false, 0), (page.Whole, page.More, page.Changes.Length));
    }

    [Fact]
    public async Task Revoke_OfAKeyThatIsNotThere_IsTold() => Assert.False(await Shard(8).RevokeAsync(Record(8).PublicId));

    [Fact]
    public async Task Change_ThatCannotBeStored_IsNeitherFoundNorTold()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var shard = own.Grains.GetGrain<IKeyDirectoryGrain>(9);
        var (first, second) = (Record(9), Record(9, skip: 1));
        await shard.AddAsync(first);
        var cursor = (await shard.FeedAsync(default, TimeSpan.Zero)).Next;
        own.Storage.IsFailing = true;

        await Assert.ThrowsAsync<OrleansException>(async () => await shard.AddAsync(second));
        await Assert.ThrowsAsync<OrleansException>(async () => await shard.RevokeAsync(first.PublicId));

        Assert.Null(await shard.FindAsync(second.PublicId));
        Assert.Empty((await shard.FeedAsync(cursor, TimeSpan.Zero)).Changes);
        own.Storage.IsFailing = false;
        Assert.True(await shard.AddAsync(second));
        Assert.Equal([second.PublicId], (await shard.FeedAsync(cursor, TimeSpan.Zero)).Changes.Select(r => r.PublicId));
    }

    [Fact]
    public async Task Keys_AndCursors_OutliveTheirSilo()
    {
        await using var own = await ClusterFixture.StartAsync(2);
        var records = Enumerable.Range(0, 8).Select(i => Record(i + 20)).ToArray();
        var cursors = new KeyFeedCursor[records.Length];
        for (var i = 0; i < records.Length; i++)
        {
            var shard = own.Grains.GetGrain<IKeyDirectoryGrain>(i + 20);
            await shard.AddAsync(records[i]);
            await shard.RevokeAsync(records[i].PublicId);
            cursors[i] = (await shard.FeedAsync(default, TimeSpan.Zero)).Next;
        }

        await own.Cluster.KillSiloAsync(own.Cluster.Silos[1]);

        for (var i = 0; i < records.Length; i++)
        {
            var shard = own.Grains.GetGrain<IKeyDirectoryGrain>(i + 20);
            Assert.True((await shard.FindAsync(records[i].PublicId))!.Revoked);
            var page = await shard.FeedAsync(cursors[i], TimeSpan.Zero);
            Assert.Equal((false, 0, cursors[i]), (page.Whole, page.Changes.Length, page.Next));
        }
    }

    [Fact]
    public void StoredPage_OfTheFirstRelease_IsStillRead()
    {
        var serializer = cluster.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        var stored = Convert.FromHexString(GoldenPage.Hex);

        var page = serializer.Deserialize<KeyDirectoryPage>(stored)!;

        Assert.Equal(GoldenPage.Epoch, page.Epoch);
        var key = Assert.Single(page.Keys);
        Assert.Equal(7, key.Position);
        Assert.Equal(("4fGh2kLmN0pQ", "golden", true), (key.Record.PublicId, key.Record.Name, key.Record.Revoked));
        Assert.Equal(Enumerable.Range(0, KeyHash.Size).Select(i => (byte)i), key.Record.Hash);
        Assert.Equal([KeyRoles.Admin, KeyRoles.User], key.Record.Roles);
        Assert.Equal((Created, Created.AddDays(1)), (key.Record.CreatedAt, key.Record.ExpiresAt));
    }

    private IKeyDirectoryGrain Shard(int number) => cluster.Grains.GetGrain<IKeyDirectoryGrain>(number);

    private static KeyRecord Record(int shard, int skip = 0)
    {
        var id = Enumerable.Range(0, int.MaxValue).Select(i => $"{i:D12}").Where(i => KeyDirectory.ShardOf(i) == shard).Skip(skip).First();
        return new()
        {
            PublicId = id,
            Hash = ImmutableArray.CreateRange(Enumerable.Repeat((byte)shard, KeyHash.Size)),
            Name = "key of shard " + shard,
            Roles = [KeyRoles.User],
            CreatedAt = Created,
        };
    }
}
