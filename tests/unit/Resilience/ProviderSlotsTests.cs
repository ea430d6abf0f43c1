using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class ProviderSlotsTests
{
    private const int Room = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _clock = new();
    private readonly ProviderSlots _slots;

    public ProviderSlotsTests()
    {
        _slots = new ProviderSlots(_clock);
        _slots.Allow(2);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Enter_BeyondTheLimit_IsRefusedUntilOneLeaves()
    {
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => _slots.TryEnter()));

        _slots.Exit();

        Assert.True(_slots.TryEnter());
        Assert.Equal(2, _slots.InUse);
    }

    [Fact]
    public async Task Wait_IsServedInOrder_AndNobodyOvertakes()
    {
        Fill();
        var first = _slots.WaitAsync(Patience, Room, Cancel).AsTask();
        var second = _slots.WaitAsync(Patience, Room, Cancel).AsTask();

        _slots.Exit();

        Assert.True(await first);
        Assert.False(second.IsCompleted);
        Assert.False(_slots.TryEnter());
        _slots.Exit();
        Assert.True(await second);
        Assert.Equal((2, 0), (_slots.InUse, _slots.Waiting));
    }

    [Fact]
    public async Task Wait_ThatLastsTooLong_IsRefused()
    {
        Fill();
        var waiting = _slots.WaitAsync(Patience, Room, Cancel).AsTask();
        _clock.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(await waiting);
        Assert.Equal((2, 0), (_slots.InUse, _slots.Waiting));
    }

    [Fact]
    public async Task Wait_WhereTooManyWait_IsRefusedAtOnce()
    {
        Fill();
        var waiting = _slots.WaitAsync(Patience, 1, Cancel);

        Assert.False(await _slots.WaitAsync(Patience, 1, Cancel));
        _slots.Exit();
        Assert.True(await waiting);
    }

    [Fact]
    public async Task Client_ThatLeavesWhileItWaits_LeavesNothingBehind()
    {
        Fill();
        using var client = new CancellationTokenSource();
        var waiting = _slots.WaitAsync(Patience, Room, client.Token).AsTask();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, _slots.Waiting);
        _slots.Exit();
        _slots.Exit();
        Assert.Equal(0, _slots.InUse);
    }

    [Fact]
    public async Task Limit_ThatRises_LetsInWhoWaits()
    {
        Fill();
        var waiting = _slots.WaitAsync(Patience, Room, Cancel).AsTask();

        _slots.Allow(3);

        Assert.True(await waiting);
    }

    [Fact]
    public void Limit_ThatFalls_LetsNobodyInUntilEnoughHaveLeft()
    {
        Fill();
        _slots.Allow(1);
        _slots.Exit();
        Assert.False(_slots.TryEnter());

        _slots.Exit();

        Assert.True(_slots.TryEnter());
    }

    [Fact]
    public void Confine_OnlyLowers()
    {
        _slots.Confine(5);
        Assert.Equal(2, _slots.Limit);
        _slots.Confine(1);
        Assert.Equal(1, _slots.Limit);
    }

    [Fact]
    public async Task Slots_WhenClientsLeaveAtRandom_AllComeBack()
    {
        var slots = new ProviderSlots(TimeProvider.System);
        slots.Allow(8);
        var most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 5_000), new ParallelOptions { MaxDegreeOfParallelism = 40, CancellationToken = Cancel }, async (seed, stop) =>
        {
            var random = new Random(seed);
            using var client = new CancellationTokenSource();
            if (random.Next(3) == 0)
            {
                _ = Task.Run(() => client.Cancel(), Cancel);
            }

            try
            {
                if (slots.TryEnter() || await slots.WaitAsync(Patience, Room, client.Token))
                {
                    var inUse = slots.InUse;
                    most = Math.Max(most, inUse);
                    await Task.Yield();
                    slots.Exit();
                }
            }
            catch (OperationCanceledException)
            {
                // This client left while it waited.
            }
        });

        Assert.Equal((0, 0), (slots.InUse, slots.Waiting));
        Assert.InRange(most, 1, 8);
    }

    private void Fill() => Assert.True(_slots.TryEnter() && _slots.TryEnter());
}
