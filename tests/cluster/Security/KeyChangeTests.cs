using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Security;

/// <summary>Changes of keys, users and teams in the directory, and how it knows who has taken them in.</summary>
public sealed class KeyChangeTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Change_OfTheVersionThatWasRead_IsStored_AndOfAnOlderOneIsNot()
    {
        var (shard, record) = await AddedAsync(1);
        var version = (await shard.ReadAsync(record.PublicId))!.Version;

        var changed = await shard.ChangeAsync(record with { Name = "second", Limits = new LimitSet { Concurrency = 3 }, Revoked = true }, version);
        var late = await shard.ChangeAsync(record with { Name = "third" }, version);

        Assert.Equal((KeyChangeResult.Stored, KeyChangeResult.VersionMismatch), (changed.Result, late.Result));
        var now = (await shard.ReadAsync(record.PublicId))!;
        Assert.Equal(("second", 3, false, changed.Version), (now.Record.Name, now.Record.Limits!.Concurrency, now.Record.Revoked, now.Version));
        Assert.Equal(KeyChangeResult.NotFound, (await shard.ChangeAsync(record with { PublicId = "zzzzzzzzzzzz" }, version)).Result);
    }

    [Fact]
    public async Task Rotation_KeepsTheOldHashForTheGrace_AndIsRefusedForWhatHasEnded()
    {
        var (shard, record) = await AddedAsync(2);

        var rotated = await shard.RotateAsync(new(record.PublicId, Hash(200), 5, TimeSpan.FromHours(1), 0));

        Assert.Equal(KeyChangeResult.Stored, rotated.Result);
        var now = (await shard.FindAsync(record.PublicId))!;
        Assert.Equal((200, 2, 5u), (now.Hash[0], now.PreviousHash[0], now.PepperVersion));
        Assert.Equal(cluster.Clock.GetUtcNow().AddHours(1), now.PreviousEndsAt);
        await shard.RevokeAsync(record.PublicId);
        Assert.Equal(KeyChangeResult.Ended, (await shard.RotateAsync(new(record.PublicId, Hash(201), 5, TimeSpan.Zero, 0))).Result);
    }

    [Fact]
    public async Task Rehash_OfAHashThatIsNotThere_ChangesNothing()
    {
        var (shard, record) = await AddedAsync(3);
        var version = (await shard.ReadAsync(record.PublicId))!.Version;

        await shard.RehashAsync(new(record.PublicId, Hash(99), Hash(100), 8));
        Assert.Equal(version, (await shard.ReadAsync(record.PublicId))!.Version);

        await shard.RehashAsync(new(record.PublicId, record.Hash, Hash(100), 8));
        Assert.Equal((100, 8u), ((await shard.FindAsync(record.PublicId))!.Hash[0], (await shard.FindAsync(record.PublicId))!.PepperVersion));
    }

    [Fact]
    public async Task Uses_AreShown_ForEachSecret_AndOutliveTheSilo()
    {
        await using var own = await ClusterFixture.StartAsync(2);
        var at = own.Clock.GetUtcNow();
        var shards = Enumerable.Range(4, 8).ToArray();
        foreach (var number in shards)
        {
            var shard = own.Grains.GetGrain<IKeyDirectoryGrain>(number);
            await shard.AddAsync(Record(number));
            await shard.UsedAsync([new KeyUse(Record(number).PublicId, false, at)]);
            await shard.RotateAsync(new(Record(number).PublicId, Hash(250), 0, TimeSpan.FromHours(1), 0));
            await shard.UsedAsync([new KeyUse(Record(number).PublicId, false, at.AddMinutes(1)), new KeyUse("zzzzzzzzzzzz", false, at)]);
        }

        own.Advance(TimeSpan.FromMinutes(5.5), TimeSpan.FromSeconds(30));
        await WrittenAsync(own, shards);
        await own.Cluster.KillSiloAsync(own.Cluster.Silos[1]);

        foreach (var number in shards)
        {
            var key = (await own.Grains.GetGrain<IKeyDirectoryGrain>(number).ReadAsync(Record(number).PublicId))!;
            Assert.Equal((at.AddMinutes(1), at), (key.LastUsedAt, key.PreviousLastUsedAt));
        }
    }

    [Fact]
    public async Task List_IsInTheOrderOfIds_AndChosenByOwnerAndMaker()
    {
        var shard = Shard(20);
        for (var i = 0; i < 6; i++)
        {
            await shard.AddAsync(Record(20, i) with { User = i < 3 ? "ada" : "bob", Team = i % 2 == 0 ? "research" : null, CreatedBy = i == 5 ? "key:maker" : null });
        }

        var all = await shard.ListAsync(new KeyQuery(null, 100));
        var rest = await shard.ListAsync(new KeyQuery(all[1].Record.PublicId, 2));

        Assert.Equal(all.Select(key => key.Record.PublicId).Order(StringComparer.Ordinal), all.Select(key => key.Record.PublicId));
        Assert.Equal(all.Skip(2).Take(2).Select(key => key.Record.PublicId), rest.Select(key => key.Record.PublicId));
        Assert.Equal(2, (await shard.ListAsync(new KeyQuery(null, 100) { User = "ada", Team = "research" })).Length);
        Assert.Single(await shard.ListAsync(new KeyQuery(null, 100) { CreatedBy = "key:maker" }));
    }

    [Fact]
    public async Task Subject_IsToldByTheFeedOfItsShard_AmongTheKeys()
    {
        var team = new SubjectRecord { Kind = SubjectKind.Team, Id = "told-by-the-feed" };
        var shard = Shard(KeyDirectory.ShardOf(team.Subject));
        var cursor = (await shard.FeedAsync(default, TimeSpan.Zero)).Next;

        var made = await shard.SetSubjectAsync(team, 0);
        var again = await shard.SetSubjectAsync(team, 0);
        var suspended = await shard.SetSubjectAsync(team with { Suspended = true }, made.Version);

        Assert.Equal((KeyChangeResult.Stored, KeyChangeResult.VersionMismatch, KeyChangeResult.Stored), (made.Result, again.Result, suspended.Result));
        var page = await shard.FeedAsync(cursor, TimeSpan.Zero);
        Assert.True(Assert.Single(page.Subjects).Suspended);
        Assert.Equal(cluster.Clock.GetUtcNow(), (await shard.ReadSubjectAsync(team.Subject))!.Record.CreatedAt);
    }

    [Fact]
    public async Task Subject_ThatWasDeleted_IsNotListed_AndMayBeMadeAgain()
    {
        var team = new SubjectRecord { Kind = SubjectKind.Team, Id = "deleted-once" };
        var shard = Shard(KeyDirectory.ShardOf(team.Subject));
        var made = await shard.SetSubjectAsync(team, 0);
        var query = new SubjectQuery(SubjectKind.Team, null, 100, null);
        Assert.Contains(await shard.ListSubjectsAsync(query), subject => subject.Record.Id == team.Id);

        await shard.SetSubjectAsync(team with { Deleted = true }, made.Version);
        Assert.DoesNotContain(await shard.ListSubjectsAsync(query), subject => subject.Record.Id == team.Id);
        Assert.True((await shard.ReadSubjectAsync(team.Subject))!.Record.Deleted);

        Assert.Equal(KeyChangeResult.Stored, (await shard.SetSubjectAsync(team, 0)).Result);
    }

    [Fact]
    public async Task Subjects_OutliveTheirSilo_WithoutAnyKey()
    {
        await using var own = await ClusterFixture.StartAsync(2);
        var users = Enumerable.Range(0, 8).Select(i => new SubjectRecord { Kind = SubjectKind.User, Id = $"user-{i}", Team = "t" }).ToArray();
        foreach (var user in users)
        {
            await own.Grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(user.Subject)).SetSubjectAsync(user, 0);
        }

        await own.Cluster.KillSiloAsync(own.Cluster.Silos[1]);

        foreach (var user in users)
        {
            Assert.Equal("t", (await own.Grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(user.Subject)).ReadSubjectAsync(user.Subject))!.Record.Team);
        }
    }

    [Fact]
    public async Task Reach_EndsWhenEveryGatewayHasAskedOn_AndNamesTheOneThatHasNot()
    {
        var (shard, record) = await AddedAsync(30);
        var (quick, stuck) = (Guid.NewGuid(), Guid.NewGuid());
        var page = await shard.FollowAsync(new(quick, "quick", default, TimeSpan.Zero));
        await shard.FollowAsync(new(stuck, "stuck", page.Next, TimeSpan.Zero));
        await shard.RevokeAsync(record.PublicId);
        var version = (await shard.ReadAsync(record.PublicId))!.Version;

        var waiting = shard.ReachAsync(version, TimeSpan.FromSeconds(1)).AsTask();
        var next = await shard.FollowAsync(new(quick, "quick", page.Next, TimeSpan.Zero));
        await shard.FollowAsync(new(quick, "quick", next.Next, TimeSpan.Zero));
        Assert.False(waiting.IsCompleted);
        cluster.Advance(TimeSpan.FromSeconds(1.5), TimeSpan.FromMilliseconds(100));
        var reach = await waiting.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(2, reach.Gateways);
        Assert.Equal(["stuck"], reach.Laggards.Select(laggard => laggard.Name));

        await shard.FollowAsync(new(stuck, "stuck", next.Next, TimeSpan.Zero));
        Assert.Empty((await shard.ReachAsync(version, TimeSpan.FromSeconds(1))).Laggards);
    }

    [Fact]
    public async Task Reach_WithoutGateways_OrWithOneThatHasLeft_EndsAtOnce()
    {
        var (shard, record) = await AddedAsync(31);
        var gateway = Guid.NewGuid();
        await shard.FollowAsync(new(gateway, "gone", default, TimeSpan.Zero));
        await shard.LeaveAsync(gateway);
        await shard.RevokeAsync(record.PublicId);

        var reach = await shard.ReachAsync((await shard.ReadAsync(record.PublicId))!.Version, TimeSpan.FromSeconds(1)).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (reach.Gateways, reach.Laggards.Length));
    }

    private static async Task WrittenAsync(ClusterFixture own, int[] shards)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (shards.Any(number => own.Storage.Find(own.Grains.GetGrain<IKeyDirectoryGrain>(number).GetGrainId(), "uses-0") is null))
        {
            Assert.False(deadline.IsCancellationRequested, "The uses were not stored in time.");
            own.Advance(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private IKeyDirectoryGrain Shard(int number) => cluster.Grains.GetGrain<IKeyDirectoryGrain>(number);

    private async Task<(IKeyDirectoryGrain Shard, KeyRecord Record)> AddedAsync(int shard)
    {
        Assert.True(await Shard(shard).AddAsync(Record(shard)));
        return (Shard(shard), Record(shard));
    }

    private static ImmutableArray<byte> Hash(int first) => [(byte)first, .. new byte[KeyHash.Size - 1]];

    private static KeyRecord Record(int shard, int skip = 0) => new()
    {
        PublicId = Enumerable.Range(0, int.MaxValue).Select(i => $"{i:D12}").Where(id => KeyDirectory.ShardOf(id) == shard).Skip(skip).First(),
        Hash = Hash(shard + skip),
        Name = "key of shard " + shard,
        Roles = [KeyRoles.User],
    };
}
