using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>What SPEC section 7 leaves open, decided as RELIABILITY 5.1 (a) to (i) does, seen from a caller.</summary>
public sealed class CornerCaseTests
{
    [Fact]
    public async Task A_RefusedRequests_AreNotCounted()
    {
        using var limiter = new LimiterFixture(perMinute: 5);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 50; i++)
        {
            await limiter.Acquire(caller);
        }

        Assert.Equal(0, limiter.Grains.Remaining());
        limiter.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(5, limiter.Grains.Remaining());
    }

    [Fact]
    public async Task B_RequestsDuringABlock_DoNotExtendIt()
    {
        using var limiter = new LimiterFixture(perMinute: 2, block: true);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 60; i++)
        {
            await limiter.Acquire(caller);
            limiter.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        limiter.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task C_BothLimitsPassed_TheLongerBlockHolds()
    {
        using var limiter = new LimiterFixture(new RateLimitOptions { RequestsPerMinute = 2, RequestsPerHour = 2, Block = true });
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        await limiter.Acquire(caller);

        var refusal = (await limiter.Acquire(caller)).Refusal!;

        Assert.Equal(("requests_per_hour", TimeSpan.FromHours(1)), (refusal.Code, refusal.RetryAfter));
    }

    // Of processes: the cluster tests of the limiter grain.
    [Fact]
    public async Task D_Block_SurvivesTheLossOfTheSiloThatKnewIt()
    {
        using var limiter = new LimiterFixture(perMinute: 2, block: true);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        await limiter.Acquire(caller);
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);

        limiter.Grains.MoveBook();
        limiter.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(1), (await limiter.Acquire(caller)).Refusal?.RetryAfter);
        limiter.Clock.Advance(TimeSpan.FromSeconds(1.2));
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    // Uses are dated a tenth of a second late. Who went over at once after them, and comes back on the dot, must not pay a second block for it.
    [Fact]
    public async Task B_RequestAtTheVeryEndOfABlock_IsNotBlockedAgain()
    {
        using var limiter = new LimiterFixture(perMinute: 2, block: true);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 3; i++)
        {
            await limiter.Acquire(caller);
        }

        limiter.Clock.Advance(TimeSpan.FromSeconds(60));
        var early = (await limiter.Acquire(caller)).Refusal!.RetryAfter!.Value;

        Assert.InRange(early, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(101));
        limiter.Clock.Advance(early);
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Theory]
    [InlineData(1, "1", "1")]
    [InlineData(1_000, "1", "1000")]
    [InlineData(1_001, "2", "1001")]
    [InlineData(59_400, "60", "59400")]
    public async Task E_RetryAfter_IsRoundedUpToAWholeSecond(int milliseconds, string seconds, string exactly)
    {
        var context = new DefaultHttpContext();
        await ErrorWriter.WriteAsync(context, new Refusal(429, "rate_limit_error", "requests_per_minute", "") { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) });

        Assert.Equal((seconds, exactly), (context.Response.Headers.RetryAfter.ToString(), context.Response.Headers["retry-after-ms"].ToString()));
    }

    [Fact]
    public async Task F_Unblock_LetsTheCallerGoOn()
    {
        using var limiter = new LimiterFixture(perMinute: 1, block: true);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);

        limiter.Grains.Book().Unblock();
        limiter.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Theory]
    [InlineData(59_999, 0)]
    [InlineData(60_000, 2)]
    public void G_RequestExactlyAsOldAsTheWindow_IsOut(int age, int free)
    {
        var book = new LeaseBook();
        var settings = new LimitSettings(2, 0, Block: false);
        for (var i = 0; i < 2; i++)
        {
            var grant = book.Lease(new LeaseRequest(Guid.Empty, Guid.NewGuid(), 1, []), settings, 1_000);
            book.Lease(new LeaseRequest(Guid.Empty, Guid.NewGuid(), 0, [new LeaseReport(grant.Lease, [0], Closed: true)]), settings, 1_000);
        }

        Assert.Equal(free, book.Lease(new LeaseRequest(Guid.Empty, Guid.NewGuid(), 0, []), settings, 1_000 + age).Windows[0].Remaining);
    }

    [Fact]
    public void H_ClockThatRunsBackwards_MakesNoBlockLongerOrShorterThanItStoodStill()
    {
        var book = new LeaseBook();
        var settings = new LimitSettings(1, 0, Block: true);
        var grant = book.Lease(new LeaseRequest(Guid.Empty, Guid.NewGuid(), 1, []), settings, 500_000);
        book.Lease(new LeaseRequest(Guid.Empty, Guid.NewGuid(), 0, [new LeaseReport(grant.Lease, [0], Closed: true)]), settings, 500_000);

        Assert.Equal(TimeSpan.FromSeconds(60), Ask(500_000).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(60), Ask(100_000).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(50), Ask(510_000).RetryAfter);
        Assert.Equal(1, Ask(560_000).Tokens);

        LeaseGrant Ask(long now) => book.Lease(new LeaseRequest(Guid.Empty, Guid.NewGuid(), 1, [], 1), settings, now);
    }

    [Fact]
    public async Task I_LimitLowered_AppliesToTheNextRequest_AndOneRaisedLiftsAMinutesBlockBelowIt()
    {
        using var limiter = new LimiterFixture(perMinute: 10, block: true);
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        await limiter.Acquire(caller);

        limiter.Options.Reload(new RateLimitOptions { RequestsPerMinute = 2, RequestsPerHour = 0 });
        Assert.Equal(429, (await limiter.Acquire(caller)).Refusal?.Status);

        limiter.Options.Reload(new RateLimitOptions { RequestsPerMinute = 3, RequestsPerHour = 0 });
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }
}
