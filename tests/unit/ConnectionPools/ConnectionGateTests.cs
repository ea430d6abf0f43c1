using ProxyCluster.GatewayApi.ConnectionPools;

namespace ProxyCluster.Tests.Unit.ConnectionPools;

public sealed class ConnectionGateTests
{
    private int _limit = 1;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entry_WithinTheLimit_DoesNotWait()
    {
        var gate = Gate();

        Assert.False(await gate.EnterAsync(Cancel));
        Assert.Equal((1, 0), (gate.Open, gate.Waiting));
    }

    [Fact]
    public async Task Entry_AboveTheLimit_WaitsUntilAPlaceIsGivenBack()
    {
        var gate = Gate();
        await gate.EnterAsync(Cancel);
        var (second, third) = (gate.EnterAsync(Cancel).AsTask(), gate.EnterAsync(Cancel).AsTask());
        Assert.Equal((1, 2), (gate.Open, gate.Waiting));

        gate.Leave();

        Assert.True(await second);
        Assert.False(third.IsCompleted);
        Assert.Equal((1, 1), (gate.Open, gate.Waiting));
    }

    [Fact]
    public async Task Limit_ThatRises_LetsInWhoWaits()
    {
        var gate = Gate();
        await gate.EnterAsync(Cancel);
        var waiting = new[] { gate.EnterAsync(Cancel).AsTask(), gate.EnterAsync(Cancel).AsTask(), gate.EnterAsync(Cancel).AsTask() };

        _limit = 3;
        gate.Recheck();

        var entered = await Task.WhenAll(waiting[..2]);
        Assert.Equal([true, true], entered);
        Assert.False(waiting[2].IsCompleted);
        Assert.Equal((3, 1), (gate.Open, gate.Waiting));
    }

    [Fact]
    public async Task Limit_ThatFalls_LetsInNobodyUntilEnoughHaveLeft()
    {
        _limit = 3;
        var gate = Gate();
        await gate.EnterAsync(Cancel);
        await gate.EnterAsync(Cancel);
        await gate.EnterAsync(Cancel);
        _limit = 1;
        var waiting = gate.EnterAsync(Cancel).AsTask();

        gate.Leave();
        gate.Leave();
        Assert.False(waiting.IsCompleted);
        gate.Leave();

        Assert.True(await waiting);
    }

    [Fact]
    public async Task Waiting_ThatIsGivenUp_TakesNoPlace()
    {
        var gate = Gate();
        await gate.EnterAsync(Cancel);
        using var leaves = new CancellationTokenSource();
        var waiting = gate.EnterAsync(leaves.Token).AsTask();

        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((1, 0), (gate.Open, gate.Waiting));
        gate.Leave();
        Assert.False(await gate.EnterAsync(Cancel));
    }

    [Fact]
    public async Task Places_AfterManyEntriesThatAreGivenUpAndGivenBack_AreAllThere()
    {
        _limit = 4;
        var gate = Gate();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(worker => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    using var leaves = new CancellationTokenSource();
                    var entering = gate.EnterAsync(leaves.Token).AsTask();
                    if ((worker + i) % 3 == 0)
                    {
                        await leaves.CancelAsync();
                    }

                    try
                    {
                        await entering;
                        Assert.InRange(gate.Open, 1, 4);
                        gate.Leave();
                    }
                    catch (OperationCanceledException)
                    {
                        // Given up while it waited.
                    }
                }
            },
            Cancel)));

        Assert.Equal((0, 0), (gate.Open, gate.Waiting));
    }

    private ConnectionGate Gate() => new(() => _limit);
}
