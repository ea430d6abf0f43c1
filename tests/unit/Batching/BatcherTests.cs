using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Batching;

namespace ProxyCluster.Tests.Unit.Batching;

/// <summary>Who goes with whom, and when.</summary>
public sealed class BatcherTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly WatchedClock _clock = new();
    private readonly CallRecord _calls = new();
    private BatchLimits _limits = BatchLimits.Default;
    private int _maxQueued = 100;

    public BatcherTests() => Batcher = new(_ => _limits, () => _maxQueued, _calls.SendAsync, _clock);

    private static CancellationToken Never => CancellationToken.None;

    private Batcher<string, int, string> Batcher { get; }

    [Fact]
    public async Task FirstRequest_OfAnIdleKey_GoesAtOnceWithoutATimer()
    {
        var result = JoinAsync(1);

        Assert.Equal([[1]], _calls.Items);
        Assert.Equal(0, _clock.TimersMade);
        _calls[0].Answer();
        Assert.Equal("1", await result);
    }

    [Fact]
    public async Task TurnTaken_ForACallOfOnesOwn_NeedsNoTimer_AndLetsOthersGather()
    {
        Assert.True(Batcher.TryBegin("k", out var turn));
        Assert.False(Batcher.TryBegin("k", out _));
        Assert.True(Batcher.TryBegin("other", out var another));
        Assert.Equal(0, _clock.TimersMade);

        var one = JoinAsync(1);
        var two = JoinAsync(2);
        Assert.Empty(_calls.Items);
        turn.Dispose();

        Assert.Equal([[1, 2]], _calls.Items);
        _calls[0].Answer();
        Assert.Equal(["1", "2"], await Task.WhenAll(one, two));
        another.Dispose();
        Assert.True(Batcher.TryBegin("k", out _));
    }

    [Fact]
    public void Request_WhileACallIsOnItsWay_WaitsForTheCallsEnd()
    {
        _ = JoinAsync(1);
        _ = JoinAsync(2);
        _ = JoinAsync(3);
        Assert.Single(_calls.Items);

        _calls[0].Answer();

        Assert.Equal([[1], [2, 3]], _calls.Items);
    }

    [Fact]
    public void Requests_AsManyAsACallTakes_GoAtOnce()
    {
        _limits = BatchLimits.OfItems(3, Wait);
        foreach (var item in Enumerable.Range(1, 8))
        {
            _ = JoinAsync(item);
        }

        Assert.Equal([[1], [2, 3, 4], [5, 6, 7]], _calls.Items);
        Assert.Equal(1, Batcher.Queued);
    }

    [Fact]
    public void Request_WaitsNoLongerThanTheLimit()
    {
        _ = JoinAsync(1);
        _ = JoinAsync(2);
        _clock.Advance(Wait - TimeSpan.FromMilliseconds(1));
        _ = JoinAsync(3);
        Assert.Single(_calls.Items);

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([[1], [2, 3]], _calls.Items);
        Assert.Equal([TimeSpan.Zero, Wait], _calls.Waits);
    }

    [Fact]
    public void Request_WaitsNoLongerThanItsShareOfACallsMeanTime()
    {
        _limits = BatchLimits.Default with { MaxWaitShare = 0.25 };
        _ = JoinAsync(1);
        _ = JoinAsync(2);
        _clock.Advance(TimeSpan.FromMilliseconds(40));
        _calls[0].Answer();
        _ = JoinAsync(3);
        _clock.Advance(TimeSpan.FromMilliseconds(9.9));
        Assert.Equal([[1], [2]], _calls.Items);

        _clock.Advance(TimeSpan.FromMilliseconds(0.1));

        Assert.Equal([[1], [2], [3]], _calls.Items);
    }

    [Fact]
    public void RequestsOfOtherKeys_AreNotJoined()
    {
        _ = JoinAsync(1, "a");
        _ = JoinAsync(2, "b");
        _ = JoinAsync(3, "a");
        _ = JoinAsync(4, "b");

        _clock.Advance(Wait);

        Assert.Equal([[1], [2], [3], [4]], _calls.Items);
    }

    [Fact]
    public void Request_ThatDoesNotFit_SendsThoseBeforeIt_AndOneTooLargeGoesAlone()
    {
        _limits = new BatchLimits(10, 4, 100, Wait, double.PositiveInfinity);
        _ = JoinAsync(1);
        _ = JoinAsync(2, size: new ItemSize(3, 10));
        _ = JoinAsync(3, size: new ItemSize(2, 10));
        _ = JoinAsync(4, size: new ItemSize(1, 90));
        _ = JoinAsync(5, size: new ItemSize(1, 1));
        _ = JoinAsync(6, size: new ItemSize(9, 1));

        Assert.Equal([[1], [2], [3, 4], [5], [6]], _calls.Items);
    }

    [Fact]
    public void Request_ThatFindsTheQueueFull_DoesNotWait()
    {
        _maxQueued = 2;
        _ = JoinAsync(1, "a");
        _ = JoinAsync(2, "b");
        _ = JoinAsync(3, "a");
        _ = JoinAsync(4, "b");
        _ = JoinAsync(5, "b");

        Assert.Equal([[1], [2], [4, 5]], _calls.Items);
        Assert.Equal(1, Batcher.Queued);
    }

    [Fact]
    public async Task FailedCall_FailsThoseInIt_AndNobodyElse()
    {
        var one = JoinAsync(1);
        var two = JoinAsync(2);
        var three = JoinAsync(3);
        _calls[0].Answer();
        var four = JoinAsync(4);
        _calls[1].Fail(new IOException("broken"));
        _calls[2].Answer();

        Assert.Equal("1", await one);
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => two)).Message);
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => three)).Message);
        Assert.Equal("4", await four);
    }

    [Fact]
    public async Task ShortResult_FailsOnlyThoseItLacks()
    {
        _ = JoinAsync(1);
        var two = JoinAsync(2);
        var three = JoinAsync(3);
        _calls[0].Answer();
        _calls[1].Answer(count: 1);

        Assert.Equal("2", await two);
        await Assert.ThrowsAsync<ResultMissingException>(() => three);
    }

    [Fact]
    public async Task WhoLeavesWhileItGathers_IsNotSent()
    {
        using var leaving = new CancellationTokenSource();
        _ = JoinAsync(1);
        var two = JoinAsync(2, left: leaving.Token);
        var three = JoinAsync(3);
        await leaving.CancelAsync();
        _calls[0].Answer();
        _calls[1].Answer();

        Assert.Equal([[1], [3]], _calls.Items);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        Assert.Equal("3", await three);
    }

    [Fact]
    public async Task WhoLeavesLater_DoesNotCancelTheOthers_UntilAllHaveLeft()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        _ = JoinAsync(1);
        var two = JoinAsync(2, left: first.Token);
        var three = JoinAsync(3, left: second.Token);
        _calls[0].Answer();

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        Assert.False(_calls[1].AllLeft.IsCancellationRequested);
        await second.CancelAsync();
        Assert.True(_calls[1].AllLeft.IsCancellationRequested);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => three);
    }

    [Fact]
    public void AllWhoGatherLeft_SendsNothing()
    {
        using var leaving = new CancellationTokenSource();
        _ = JoinAsync(1);
        _ = JoinAsync(2, left: leaving.Token);
        leaving.Cancel();
        _clock.Advance(Wait);
        _calls[0].Answer();
        _ = JoinAsync(3);

        Assert.Equal([[1], [3]], _calls.Items);
        Assert.Equal(0, Batcher.Queued);
    }

    [Fact]
    public async Task WhoHasLeftAlready_IsNotSent()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => JoinAsync(1, left: new CancellationToken(canceled: true)));

        Assert.Empty(_calls.Items);
    }

    [Fact]
    public void Close_SendsAllWhoWait_AndNobodyWaitsAfterwards()
    {
        _ = JoinAsync(1, "a");
        _ = JoinAsync(2, "a");
        _ = JoinAsync(3, "b");
        _ = JoinAsync(4, "b");

        Batcher.Close();
        _ = JoinAsync(5, "a");

        Assert.Equal([[1], [3], [2], [4], [5]], _calls.Items);
        Assert.True(Batcher.TryBegin("a", out _));
    }

    private Task<string> JoinAsync(int item, string key = "k", ItemSize? size = null, CancellationToken? left = null) =>
        Batcher.JoinAsync(key, item, size ?? ItemSize.One, left ?? Never);

    /// <summary>Counts timers.</summary>
    private sealed class WatchedClock : FakeTimeProvider
    {
        public int TimersMade { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            TimersMade++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
