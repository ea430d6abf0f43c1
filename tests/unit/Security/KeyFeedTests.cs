using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>The loop that follows the key directory, with every answer of every shard in the test's hand.</summary>
public sealed class KeyFeedTests : IAsyncLifetime
{
    private static readonly Guid Epoch = Guid.NewGuid();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(250);

    private readonly SecurityWorld _world = new();
    private readonly StubKeyFeed[] _shards = [.. Enumerable.Range(0, KeyDirectory.Shards).Select(_ => new StubKeyFeed())];
    private readonly RecordingLogger<KeyFeed> _log = new();
    private readonly GatewayIdentity _identity = new();
    private KeyFeed _feed = null!;

    public ValueTask InitializeAsync()
    {
        _feed = Feed(_world);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _feed.StopAsync(CancellationToken.None);
        _feed.Dispose();
        _world.Dispose();
    }

    [Fact]
    public async Task Start_AsksEveryShard_FromTheBeginning_AndWaits()
    {
        foreach (var call in await StartAsync())
        {
            Assert.Equal((default(KeyFeedCursor), KeyDirectory.LongestWait, _identity.Id), (call.Cursor, call.Wait, call.Gateway));
        }
    }

    [Fact]
    public async Task Page_IsTakenIntoTheTable_AndTheNextCallGoesOnFromIt()
    {
        var calls = await StartAsync();
        var key = Record("a");

        calls[7].Answer.SetResult(Page(position: 1, more: true, key));
        var second = await NextAsync(7);
        Assert.Equal(new KeyFeedCursor(Epoch, 1), second.Cursor);

        second.Answer.SetResult(Page(position: 2, more: false));
        Assert.Equal(new KeyFeedCursor(Epoch, 2), (await NextAsync(7)).Cursor);
        Assert.Equal(key.Name, Assert.Single(RecordsOf(7)).Name);
    }

    [Fact]
    public async Task Revocation_OnTheNextPage_IsInTheTableBeforeTheNextCall()
    {
        var calls = await StartAsync();
        calls[7].Answer.SetResult(Page(position: 1, more: false, Record("a")));

        (await NextAsync(7)).Answer.SetResult(Page(position: 2, more: false, Record("a") with { Revoked = true }));
        await NextAsync(7);

        Assert.True(Assert.Single(RecordsOf(7)).Revoked);
    }

    [Fact]
    public async Task Failure_OfOneShard_LeavesTheOthersAlone()
    {
        var calls = await StartAsync();

        calls[0].Answer.SetException(new SiloUnavailableException("The test's silo is gone."));
        calls[1].Answer.SetResult(Page(position: 1, more: false, Record("a")));

        await NextAsync(1);
        Assert.Single(RecordsOf(1));
        Assert.Equal(0, _shards[0].Waiting);
    }

    [Fact]
    public async Task Failures_InARow_AreFollowedByLongerAndLongerRests_UpToALimit()
    {
        var call = (await StartAsync())[63];
        TimeSpan[] rests = [.. new[] { 0.25, 0.5, 1, 2, 4, 5, 5 }.Select(TimeSpan.FromSeconds)];
        foreach (var rest in rests)
        {
            call.Answer.SetException(new TimeoutException("The test's silo is slow."));
            call = await AfterRestAsync(63, rest);
        }

        // One answer, and the next failure is a first one again.
        call.Answer.SetResult(Page(position: 1, more: false));
        call = await NextAsync(63);
        call.Answer.SetException(new TimeoutException("The test's silo is slow."));
        await AfterRestAsync(63, FirstRest);
    }

    [Fact]
    public async Task Failures_OfManyShards_AreTwoLinesOfLog()
    {
        var calls = await StartAsync();
        for (var shard = 0; shard < 3; shard++)
        {
            calls[shard].Answer.SetException(new OrleansException("The test's store is gone."));
        }

        await UntilAsync(() => _shards[..3].All(shard => shard.Waiting > 0), step: TimeSpan.FromMilliseconds(50));
        for (var shard = 0; shard < 3; shard++)
        {
            (await NextAsync(shard)).Answer.SetResult(Page(position: 1, more: false));
            await NextAsync(shard);
        }

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Lines.Select(line => line.Level));
        Assert.Contains("trusted for 300 s", _log.Lines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WithoutAnAnswer_IsGivenUp()
    {
        await StartAsync();

        // The directory's longest wait, 3 s for the way, then a rest.
        await UntilAsync(() => _shards[5].Waiting > 0, step: TimeSpan.FromSeconds(1));
        Assert.Equal(LogLevel.Warning, _log.Lines[0].Level);
        Assert.Contains(nameof(TimeoutException), _log.Lines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AsksNobody_UntilKeysAreAskedFor()
    {
        using var world = new SecurityWorld(_ => { });
        using var feed = Feed(world);
        await feed.StartAsync(CancellationToken.None);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.All(_shards, shard => Assert.Equal(0, shard.Waiting));

        world.Configuration.Replace(world.NewOptions(options => options.Auth.Required = true));

        Assert.Equal(default, (await NextAsync(0)).Cursor);
        await feed.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Stop_EndsTheCallsUnderWay()
    {
        await StartAsync();

        await _feed.StopAsync(CancellationToken.None).WaitAsync(Patience, TimeProvider.System);

        Assert.True(_feed.ExecuteTask!.IsCompleted);
        Assert.All(_shards, shard => Assert.Equal(0, shard.Waiting));
        Assert.All(_shards, shard => Assert.Equal([_identity.Id], shard.Left));
    }

    private IEnumerable<KeyRecord> RecordsOf(int shard) => _world.Table.PackedOf(shard).Select(packed => KeyPacking.Unpack(packed.Span));

    private KeyFeed Feed(SecurityWorld world)
    {
        var (grains, stub) = StubGrainFactory.Create();
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            stub.Put<IKeyDirectoryGrain>((long)shard, _shards[shard]);
        }

        return new KeyFeed(grains, world.Table, world.Snapshots(), world.Pepper, _identity, world.Configuration, world.Clock, _log);
    }

    // Shards are asked one after another, so that a gateway's start is no wave of calls.
    private async Task<StubKeyFeed.Call[]> StartAsync()
    {
        await _feed.StartAsync(CancellationToken.None);
        await UntilAsync(() => _shards.All(shard => shard.Waiting > 0), step: TimeSpan.FromMilliseconds(5));
        return await Task.WhenAll(_shards.Select(shard => shard.NextAsync()));
    }

    private async Task<StubKeyFeed.Call> NextAsync(int shard) => await _shards[shard].NextAsync().WaitAsync(Patience, TimeProvider.System);

    // Shard 63 rests for nearly all of a rest, shard 0 for half of it: never longer, so that this much is always enough.
    private async Task<StubKeyFeed.Call> AfterRestAsync(int shard, TimeSpan rest)
    {
        var asleep = _world.Clock.GetUtcNow();
        await UntilAsync(() => _shards[shard].Waiting > 0, step: TimeSpan.FromMilliseconds(50));
        Assert.InRange(_world.Clock.GetUtcNow() - asleep, rest * 0.5, rest + TimeSpan.FromMilliseconds(500));
        return await NextAsync(shard);
    }

    // The loops run on the pool: real moments pass between two steps of their clock, until all have gone back to wait.
    private async Task UntilAsync(Func<bool> reached, TimeSpan step)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!reached())
        {
            Assert.False(deadline.IsCancellationRequested, "The feed did not come to it in time.");
            _world.Clock.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    private static KeyFeedPage Page(long position, bool more, params KeyRecord[] records) =>
        new(new KeyFeedCursor(Epoch, position), Whole: position == 1, [.. records], more);

    private static KeyRecord Record(string key) => new()
    {
        PublicId = key,
        Hash = ImmutableArray.Create(KeyHash.Of(new byte[32], key).ToArray()),
        Name = key,
        Roles = [KeyRoles.User],
    };
}
