using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class LeasedLimiterTests
{
    [Fact]
    public async Task Request_OfTheLocalCaller_IsUnlimitedAndAsksNobody()
    {
        using var limiter = new LimiterFixture(perMinute: 1);

        Assert.Equal(LimitDecision.Unlimited, await limiter.Acquire(Caller.Local));
        Assert.Equal(0, limiter.Grains.Calls);
    }

    [Fact]
    public async Task Request_WithLimitsOff_IsUnlimitedAndAsksNobody()
    {
        using var limiter = new LimiterFixture(perMinute: 0);

        Assert.Equal(LimitDecision.Unlimited, await limiter.Acquire(LimiterFixture.Caller()));
        Assert.Equal(0, limiter.Grains.Calls);
    }

    [Fact]
    public async Task Requests_UpToTheLimit_AreAdmittedAndCountDown()
    {
        using var limiter = new LimiterFixture(perMinute: 10);
        var caller = LimiterFixture.Caller();
        for (var left = 9; left >= 0; left--)
        {
            Assert.Equal(new LimitDecision(null, 10, left, TimeSpan.FromMinutes(1)) { Window = LimitWindow.Minute }, await limiter.Acquire(caller));
        }

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Callers_OfOneSubject_ShareItsTokens()
    {
        using var limiter = new LimiterFixture(perMinute: 10);
        for (var i = 0; i < 10; i++)
        {
            Assert.Null((await limiter.Acquire(LimiterFixture.Caller())).Refusal);
        }

        Assert.NotNull((await limiter.Acquire(LimiterFixture.Caller())).Refusal);
        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:other"))).Refusal);
    }

    [Fact]
    public async Task Refusal_SaysWhichLimitWhoseHowLongAndThatItIsOurs()
    {
        using var limiter = new LimiterFixture(perMinute: 1, block: true);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);

        var decision = await limiter.Acquire(caller);

        var refusal = decision.Refusal!;
        Assert.Equal((429, "rate_limit_error", "requests_per_minute"), (refusal.Status, refusal.Type, refusal.Code));
        Assert.Equal(TimeSpan.FromMinutes(1), refusal.RetryAfter);
        Assert.Equal(
            "The limit of 1 requests per minute of the API key 'abc' is reached. The limit was passed, so requests are refused for another 60 s. This is the gateway's own limit, not a provider's.",
            refusal.Message);
        Assert.Equal((1, 0), (decision.Limit, decision.Remaining));
    }

    [Fact]
    public async Task Refusals_DuringABlock_CountItDownAndRarelyAsk()
    {
        using var limiter = new LimiterFixture(perMinute: 1, block: true);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        await limiter.Acquire(caller);
        var calls = limiter.Grains.Calls;

        limiter.Clock.Advance(TimeSpan.FromMilliseconds(900));
        var decision = await limiter.Acquire(caller);

        Assert.Equal(TimeSpan.FromMilliseconds(59_100), decision.Refusal!.RetryAfter);
        Assert.Equal(calls, limiter.Grains.Calls);
    }

    [Fact]
    public async Task Block_LiftedByAnOperator_EndsWithinASecond()
    {
        using var limiter = new LimiterFixture(perMinute: 1, block: true);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        await limiter.Acquire(caller);

        limiter.Grains.Book().Unblock();
        limiter.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Window_AfterAMinute_IsFreeAgain()
    {
        using var limiter = new LimiterFixture(perMinute: 5);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 6; i++)
        {
            await limiter.Acquire(caller);
        }

        // Uses are dated 100 ms late, for their way to the provider.
        limiter.Clock.Advance(TimeSpan.FromMilliseconds(60_099));
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        limiter.Clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Lease_NotUsedForTwoSeconds_GoesBack()
    {
        using var limiter = new LimiterFixture(perMinute: 100, gateways: 2);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 40; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await limiter.Acquire(caller);
        }

        limiter.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await limiter.UpkeepAsync();

        Assert.Equal(0, limiter.Grains.Book().Outstanding);
        Assert.Equal(60, limiter.Grains.Remaining());
    }

    [Fact]
    public async Task Process_WhenItEnds_ReturnsAndReportsEveryLease()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000);
        var upkeep = new LeaseUpkeep(limiter[0], limiter.Clock, NullLogger<LeaseUpkeep>.Instance);
        await upkeep.StartAsync(TestContext.Current.CancellationToken);
        foreach (var subject in (string[])["key:a", "key:b"])
        {
            for (var i = 0; i < 5; i++)
            {
                await limiter.Acquire(LimiterFixture.Caller(subject));
            }
        }

        await upkeep.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (limiter.Grains.Book("key:a").Outstanding, limiter.Grains.Book("key:b").Outstanding));
        Assert.Equal((995, 995), (limiter.Grains.Remaining("key:a"), limiter.Grains.Remaining("key:b")));
    }

    [Fact]
    public async Task Limits_LoweredAtRunTime_ApplyToTheNextRequest()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 20; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(10));
            await limiter.Acquire(caller);
        }

        limiter.Options.Reload(new RateLimitOptions { RequestsPerMinute = 20, RequestsPerHour = 0, Block = false });

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Subject_IdleForLong_IsForgottenAndComesBack()
    {
        using var limiter = new LimiterFixture(perMinute: 5);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        Assert.NotNull(caller.Accounts[0].LimiterState);
        for (var i = 0; i < 100; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromSeconds(1));
            await limiter.UpkeepAsync();
        }

        Assert.Equal(0, limiter[0].Subjects);
        Assert.Null(caller.Accounts[0].LimiterState);
        Assert.Null((await limiter.Acquire(caller)).Refusal);
        Assert.Equal(1, limiter[0].Subjects);
    }

    [Fact]
    public async Task Burst_OfConcurrentRequests_IsAdmittedToTheLimitAndNotOneMore()
    {
        using var limiter = new LimiterFixture(perMinute: 200);
        var caller = LimiterFixture.Caller();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => Task.Run(async () => await limiter.Acquire(caller))));

        Assert.Equal(200, decisions.Count(decision => decision.Refusal is null));
    }

    [Fact]
    public async Task Take_FromALease_AllocatesNothing()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000_000);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 20_000; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await limiter.Acquire(caller);
        }

        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var (thread, before) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
            for (var i = 0; i < 50; i++)
            {
                await limiter[0].AcquireAsync(new LimitedRequest(caller), CancellationToken.None);
            }

            // A round that has waited for a lease may go on elsewhere, where others have allocated.
            least = Environment.CurrentManagedThreadId == thread ? Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before) : least;
        }

        Assert.Equal(0, least);
    }
}
