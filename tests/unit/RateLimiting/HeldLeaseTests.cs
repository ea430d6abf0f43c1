using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class HeldLeaseTests
{
    private readonly HeldLease _lease = new(Guid.NewGuid(), 4, sentAt: 100, expiresAt: 10_000);

    [Fact]
    public void Token_PutBack_WasNeverUsedAndIsThereAgain()
    {
        Assert.True(_lease.TryTake(200, out _));
        _lease.PutBack();

        Assert.Equal((0, 4), (_lease.Used, _lease.Left));
    }

    [Fact]
    public void Use_IsDatedWhenItIsUsed_NotWhenItIsTaken()
    {
        _lease.TryTake(200, out _);
        _lease.Use(350);

        Assert.Equal((1, 351), (_lease.Used, _lease.UsedAt(0)));
    }

    [Fact]
    public void ClosedLease_IsSettledWhenTheLastTakenTokenIsUsed()
    {
        _lease.TryTake(200, out _);
        _lease.Close();
        Assert.False(_lease.IsSettled);

        _lease.Use(300);

        Assert.Equal((true, 1, 3), (_lease.IsSettled, _lease.Used, _lease.GivenBack));
    }

    [Fact]
    public void ClosedLease_IsSettledWhenTheLastTakenTokenIsBack()
    {
        _lease.TryTake(200, out _);
        _lease.Close();

        _lease.PutBack();

        Assert.Equal((true, 0, 4), (_lease.IsSettled, _lease.Used, _lease.GivenBack));
        Assert.False(_lease.TryTake(300, out _));
    }

    [Fact]
    public async Task Lease_TakenAndPutBackAndClosedAtOnce_AccountsForEveryToken()
    {
        for (var round = 0; round < 50; round++)
        {
            var lease = new HeldLease(Guid.NewGuid(), 200, 0, 10_000);
            var used = 0;
            var takers = Enumerable.Range(0, 4).Select(taker => Task.Run(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    if (!lease.TryTake(1, out _))
                    {
                        continue;
                    }

                    if ((i + taker) % 3 == 0)
                    {
                        lease.PutBack();
                        continue;
                    }

                    lease.Use(2);
                    Interlocked.Increment(ref used);
                }
            })).ToArray();
            lease.Close();
            await Task.WhenAll(takers);

            Assert.Equal((true, used, 200 - used), (lease.IsSettled, lease.Used, lease.GivenBack));
        }
    }
}
