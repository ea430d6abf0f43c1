using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class KeyCensusTests : IDisposable
{
    private readonly SecurityWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Census_OfShardsThatAreNotFollowed_AsksTheDirectory()
    {
        await MakeOneOfEachAsync();

        Assert.Equal(new KeyCounts(2, 1, 1), await CountAsync());
    }

    [Fact]
    public async Task Census_OfShardsThatAreFollowed_AsksNobody()
    {
        await MakeOneOfEachAsync();
        await _world.HearAsync();
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            _world.Shard(shard).Silence = Task.FromException(new TimeoutException("The cluster was asked."));
        }

        Assert.Equal(new KeyCounts(2, 1, 1), await CountAsync());
    }

    [Fact]
    public async Task Census_OfASiloThatDoesNotKnowTheQuestion_ListsItsKeys()
    {
        await MakeOneOfEachAsync();
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            _world.Shard(shard).CountFault = new NotSupportedException("There is no such method in this release.");
        }

        Assert.Equal(new KeyCounts(2, 1, 1), await CountAsync());
    }

    [Fact]
    public async Task Census_OfSilosThatDoNotAnswer_CountsNothing()
    {
        await MakeOneOfEachAsync();
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            _world.Shard(shard).Silence = Task.FromException(shard % 2 == 0 ? new TimeoutException("Silent.") : new Orleans.Runtime.SiloUnavailableException("Gone."));
        }

        Assert.Equal(default, await CountAsync());
    }

    private Task<KeyCounts> CountAsync() => KeyCensus.TakeAsync(_world.Grains, _world.Table, _world.Clock, TestContext.Current.CancellationToken);

    private async Task MakeOneOfEachAsync()
    {
        await _world.CreateAsync();
        await _world.CreateAsync();
        var revoked = await _world.CreateAsync();
        await _world.ShardOf(revoked).RevokeAsync(SecurityWorld.IdOf(revoked));
        var ended = await _world.CreateAsync();
        var shard = _world.ShardOf(ended);
        await shard.ChangeAsync(shard.Keys.Find(SecurityWorld.IdOf(ended))! with { ExpiresAt = _world.Clock.GetUtcNow() }, 0);
    }
}
