using ProxyCluster.Core.ConnectionPools;

namespace ProxyCluster.Tests.Unit.ConnectionPools;

public sealed class PoolWindowTests
{
    private const double Smoothing = 0.1;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Rate_IsOfTheLastWindow_NotSinceTheStart()
    {
        var window = new PoolWindow();
        for (var i = 0; i < 120; i++)
        {
            window.Record(failed: i < 30, 1, Smoothing);
        }

        Assert.Equal(new PoolUse(120, 2, 0.25, 1), window.Close(Minute));
        Assert.Equal(new PoolUse(0, 0, 0, 1), window.Close(Minute));
    }

    [Fact]
    public void Rate_IsByTheLengthThatTheWindowReallyHad()
    {
        var window = new PoolWindow();
        window.Record(failed: false, 1, Smoothing);

        Assert.Equal(0.05, window.Close(TimeSpan.FromSeconds(20)).RequestsPerSecond, 12);
    }

    [Fact]
    public void Mean_MovesATenthOfTheWayToEachResponse()
    {
        var window = new PoolWindow();
        Assert.Equal(0, window.MeanResponseSeconds);

        window.Record(failed: false, 2, Smoothing);
        Assert.Equal(2, window.MeanResponseSeconds);

        window.Record(failed: false, 12, Smoothing);
        Assert.Equal(3, window.MeanResponseSeconds, 12);

        window.Record(failed: false, 3, Smoothing);
        Assert.Equal(3, window.MeanResponseSeconds, 12);
    }

    [Fact]
    public void Requests_OfManyThreads_AreAllCounted()
    {
        var window = new PoolWindow();

        Parallel.For(0, 10_000, i => window.Record(failed: i % 4 == 0, 3, Smoothing));

        Assert.Equal(new PoolUse(10_000, 10_000 / 60.0, 0.25, 3), window.Close(Minute));
    }

    [Fact]
    public void Window_WithoutALength_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PoolWindow().Close(TimeSpan.Zero));

    [Fact]
    public void Record_TakesNoMemory()
    {
        var window = new PoolWindow();
        window.Record(failed: false, 1, Smoothing);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            window.Record(failed: false, i, Smoothing);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
