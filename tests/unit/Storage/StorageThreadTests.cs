using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Tests.Unit.Storage;

public sealed class StorageThreadTests
{
    [Fact]
    public async Task Operations_OfMany_RunOneByOneOffThePool()
    {
        using var thread = new StorageThread();
        var onPool = 0;
        var running = 0;
        var most = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => thread.RunAsync(() =>
        {
            onPool += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
            most = Math.Max(most, Interlocked.Increment(ref running));
            Interlocked.Decrement(ref running);
            return Task.CompletedTask;
        })));

        Assert.Equal((0, 1), (onPool, most));
    }

    [Fact]
    public async Task Operation_ThatFails_FailsItsCallerAlone()
    {
        using var thread = new StorageThread();

        await Assert.ThrowsAsync<InvalidOperationException>(() => thread.RunAsync(() => throw new InvalidOperationException()));
        await thread.RunAsync(() => Task.CompletedTask);
    }
}
