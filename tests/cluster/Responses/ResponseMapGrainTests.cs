using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.Responses;
using ProxyCluster.GrainInterfaces.Responses;
using ProxyCluster.Grains.Responses;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Responses;

public sealed class ResponseMapGrainTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    // A page as the first release stored it. Never change it: real stores hold such bytes.
    private const string GoldenPage =
        "20001D2120000521E820E880EFCDAB89674523010155E0410D6F70656E6169218000609142C060DE08810000000000000000E0E020E820E800" +
        "030105E0410B617A757265218000609142C060DE08810000000000000000E0E0E0E0E0";

    private static readonly DateTimeOffset Expires = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Keep_IsFound_ByItsCallerAlone()
    {
        var key = ResponseKey.Of("key:a", "resp_1");
        await Shard(cluster, key).KeepAsync(key, "openai");
        await Shard(cluster, key).KeepAsync(key, "openai");

        Assert.Equal("openai", await Shard(cluster, key).FindAsync(key));
        var stranger = ResponseKey.Of("key:b", "resp_1");
        Assert.Null(await Shard(cluster, stranger).FindAsync(stranger));
    }

    [Fact]
    public async Task Keep_InAnotherShard_OrForNobody_IsTheCallersMistake()
    {
        var key = ResponseKey.Of("key:a", "resp_2");

        await Assert.ThrowsAsync<ArgumentException>(async () => await cluster.Grains.GetGrain<IResponseMapGrain>((key.Shard + 1) % ResponseKey.Shards).KeepAsync(key, "openai"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Shard(cluster, key).KeepAsync(key, ""));
    }

    [Fact]
    public async Task Answers_OutliveTheirSilo_AndEndWithTheirLifetime()
    {
        await using var own = await ClusterFixture.StartAsync(2);
        var keys = Enumerable.Range(0, 8).Select(static i => ResponseKey.Of("key:a", $"resp_{i}")).ToArray();
        foreach (var key in keys)
        {
            await Shard(own, key).KeepAsync(key, "openai");
        }

        await own.Cluster.KillSiloAsync(own.Cluster.Silos[1]);

        foreach (var key in keys)
        {
            Assert.Equal("openai", await Shard(own, key).FindAsync(key));
        }

        own.Clock.Advance(ResponseShard.Lifetime);
        foreach (var key in keys)
        {
            Assert.Null(await Shard(own, key).FindAsync(key));
        }
    }

    [Fact]
    public async Task Answers_ThatExpired_LeaveTheStoreWithTheNextOne()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var last = new ResponseKey(3, 10_000);
        var shard = Shard(own, last);
        for (var i = 0UL; i < ResponseShard.PageSize; i++)
        {
            await shard.KeepAsync(new ResponseKey(3, i), "openai");
        }

        Assert.Equal(ResponseShard.PageSize, (await StoredAsync(own, shard)).Count);
        own.Clock.Advance(ResponseShard.Lifetime);
        await shard.KeepAsync(last, "openai");

        var stored = await StoredAsync(own, shard);
        Assert.Equal((1, "openai"), (stored.Count, stored.Find(last, own.Clock.GetUtcNow())));
    }

    [Fact]
    public async Task Answers_OutliveTheirActivation()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var key = ResponseKey.Of("key:a", "resp_1");
        await Shard(own, key).KeepAsync(key, "openai");

        await own.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        Assert.Equal("openai", await Shard(own, key).FindAsync(key));
    }

    [Fact]
    public async Task Keep_ThatCannotBeStored_IsNotFound_AndWorksAgainWithTheStore()
    {
        await using var own = await ClusterFixture.StartAsync(1);
        var key = ResponseKey.Of("key:a", "resp_1");
        var shard = Shard(own, key);
        await shard.FindAsync(key);
        own.Storage.IsFailing = true;

        await Assert.ThrowsAsync<OrleansException>(async () => await shard.KeepAsync(key, "openai"));
        Assert.Null(await shard.FindAsync(key));

        own.Storage.IsFailing = false;
        await shard.KeepAsync(key, "openai");
        Assert.Equal("openai", await shard.FindAsync(key));
    }

    [Fact]
    public void StoredPage_OfTheFirstRelease_IsStillRead()
    {
        var serializer = cluster.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        ImmutableArray<KeptResponse> kept = [new(new ResponseKey(0x0123456789ABCDEF, 42), "openai", Expires), new(new ResponseKey(1, 2), "azure", Expires)];
        Assert.Equal(GoldenPage, Convert.ToHexString(serializer.SerializeToArray(new ResponseMapPage { Sequence = 7, Kept = kept })));

        var page = serializer.Deserialize<ResponseMapPage>(Convert.FromHexString(GoldenPage))!;

        Assert.Equal(7, page.Sequence);
        Assert.Equal(kept, page.Kept);
    }

    private static IResponseMapGrain Shard(ClusterFixture cluster, ResponseKey key) => cluster.Grains.GetGrain<IResponseMapGrain>(key.Shard);

    private static Task<ResponseShard> StoredAsync(ClusterFixture cluster, IResponseMapGrain shard)
    {
        var serializer = cluster.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        return new ResponseMapStore(cluster.Storage.For(serializer), shard.GetGrainId()).ReadAsync();
    }
}
