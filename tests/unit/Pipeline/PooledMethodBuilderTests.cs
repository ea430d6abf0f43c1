using System.Runtime.CompilerServices;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Pipeline;

public sealed class PooledMethodBuilderTests
{
    private static readonly AsyncLocal<string?> Flowing = new();

    [Fact]
    public async Task Method_ThatNeverWaits_AnswersAtOnce()
    {
        var answer = AddAsync(Task.FromResult(1), Task.FromResult(2));

        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(3, await answer);
    }

    [Fact]
    public async Task Method_ThatWaitsTwice_GoesOnEachTime_AndIsPendingUntilThen()
    {
        var (one, other) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var answer = AddAsync(one.Task, other.Task).AsTask();

        one.SetResult(1);
        Assert.False(answer.IsCompleted);
        other.SetResult(2);

        Assert.Equal(3, await answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Method_ThatFails_Throws_BeforeItWaitsAndAfter(bool waits)
    {
        var one = new TaskCompletionSource<int>();
        if (!waits)
        {
            one.SetResult(1);
        }

        var answer = AddAsync(one.Task, Task.FromException<int>(new InvalidDataException("Broken.")));
        one.TrySetResult(1);

        Assert.Equal("Broken.", (await Assert.ThrowsAsync<InvalidDataException>(() => answer.AsTask())).Message);
    }

    [Fact]
    public async Task Method_ThatIsCancelled_IsSeenToBe()
    {
        var one = new TaskCompletionSource<int>();
        var answer = AddAsync(one.Task, Task.FromResult(2)).AsTask();

        one.SetCanceled(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.True(answer.IsCanceled);
    }

    [Fact]
    public async Task Box_IsUsedAgain_AndItsEarlierTaskIsNoMore()
    {
        var one = new TaskCompletionSource<int>();
        var answer = AddAsync(one.Task, Task.FromResult(2));
        one.SetResult(1);
        Assert.Equal(3, await answer);

        Assert.Throws<InvalidOperationException>(() => answer.GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Context_FlowsIntoTheMethod_AndNotOutOfIt()
    {
        Flowing.Value = "caller";
        var gate = new TaskCompletionSource<int>();
        var answer = FlowAsync(gate.Task).AsTask();
        Assert.Equal("caller", Flowing.Value);

        // Whoever opens it has a context of its own.
        await Task.Run(
            () =>
            {
                Flowing.Value = "other";
                gate.SetResult(0);
            },
            TestContext.Current.CancellationToken);

        Assert.Equal("caller, method", await answer);
        Assert.Equal("caller", Flowing.Value);
    }

    [Fact]
    public async Task Methods_OfManyRequestsAtOnce_KeepTheirOwn()
    {
        var all = Enumerable.Range(0, 64).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                Flowing.Value = $"{worker}";
                Assert.Equal((worker * 1000) + i, await NestedAsync(worker * 1000, i));
                Assert.Equal($"{worker}", Flowing.Value);
            }
        }));

        await Task.WhenAll(all);
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> AddAsync(Task<int> one, Task<int> other) => await one + await other;

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<string> FlowAsync(Task gate)
    {
        var before = Flowing.Value;
        Flowing.Value = "method";
        await gate;
        return $"{before}, {Flowing.Value}";
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> NestedAsync(int one, int other)
    {
        var sum = await YieldAsync(one) + await YieldAsync(other);
        await Task.Yield();
        return sum;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> YieldAsync(int value)
    {
        await Task.Yield();
        return value;
    }
}
