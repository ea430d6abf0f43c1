using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class LimiterDownTests
{
    [Fact]
    public async Task SilentLimiter_HoldsARequestForAQuarterSecond_AndTheNextNotAtAll()
    {
        using var limiter = new LimiterFixture(perMinute: 10, gateways: 2);
        limiter.Grains.Mood = GrainMood.Silent;
        var caller = LimiterFixture.Caller();

        var first = limiter.Acquire(caller).AsTask();
        limiter.Clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(first.IsCompleted);
        limiter.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null((await first).Refusal);
        Assert.True(limiter.Acquire(caller).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Share_IsThisGatewaysPartOfTheLimit_WithoutEnd()
    {
        using var limiter = new LimiterFixture(perMinute: 10, gateways: 2);
        limiter.Grains.Mood = GrainMood.Fails;
        var caller = LimiterFixture.Caller();
        var admitted = 0;
        for (var second = 0; second < 600; second++)
        {
            limiter.Clock.Advance(TimeSpan.FromSeconds(1));
            admitted += (await limiter.Acquire(caller)).Refusal is null ? 1 : 0;
        }

        Assert.Equal(5 * 10, admitted);
    }

    [Fact]
    public async Task Share_Refusing_IsTheSame429()
    {
        using var limiter = new LimiterFixture(perMinute: 2, gateways: 2);
        limiter.Grains.Mood = GrainMood.Fails;
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);

        var refusal = (await limiter.Acquire(caller)).Refusal!;

        Assert.Equal((429, "requests_per_minute", TimeSpan.FromMinutes(1)), (refusal.Status, refusal.Code, refusal.RetryAfter));
    }

    [Fact]
    public async Task Closed_RefusesAsOverloaded()
    {
        using var limiter = new LimiterFixture(perMinute: 10, onDown: "closed");
        limiter.Grains.Mood = GrainMood.Fails;

        var refusal = (await limiter.Acquire(LimiterFixture.Caller())).Refusal!;

        Assert.Equal((503, "overloaded_error", "limiter_unavailable"), (refusal.Status, refusal.Type, refusal.Code));
    }

    [Fact]
    public async Task Open_AdmitsEverything()
    {
        using var limiter = new LimiterFixture(perMinute: 1, onDown: "open");
        limiter.Grains.Mood = GrainMood.Fails;
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(LimitDecision.Unlimited, await limiter.Acquire(caller));
        }
    }

    [Fact]
    public async Task Lease_InHand_IsUsedToItsEndWhileTheLimiterIsDown()
    {
        using var limiter = new LimiterFixture(perMinute: 1_000, onDown: "closed");
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 30; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await limiter.Acquire(caller);
        }

        limiter.Grains.Mood = GrainMood.Fails;

        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Requests_AdmittedAlone_AreToldWhenTheLimiterIsBack()
    {
        using var limiter = new LimiterFixture(perMinute: 10);
        var caller = LimiterFixture.Caller();
        limiter.Grains.Mood = GrainMood.Fails;
        for (var i = 0; i < 4; i++)
        {
            Assert.Null((await limiter.Acquire(caller)).Refusal);
        }

        limiter.Grains.Mood = GrainMood.Answers;
        limiter.Clock.Advance(TimeSpan.FromSeconds(1));
        await limiter.UpkeepAsync();

        Assert.Equal(6, limiter.Grains.Remaining());
    }

    [Fact]
    public async Task Requests_AdmittedAlone_LeadToABlockOnceTheLimitIsFull()
    {
        using var limiter = new LimiterFixture(perMinute: 4, block: true);
        var caller = LimiterFixture.Caller();
        limiter.Grains.Mood = GrainMood.Fails;
        for (var i = 0; i < 4; i++)
        {
            Assert.Null((await limiter.Acquire(caller)).Refusal);
        }

        limiter.Grains.Mood = GrainMood.Answers;
        limiter.Clock.Advance(TimeSpan.FromSeconds(20));
        await limiter.UpkeepAsync();

        Assert.Equal(TimeSpan.FromSeconds(60), (await limiter.Acquire(caller)).Refusal!.RetryAfter);
    }

    [Fact]
    public async Task Requests_AdmittedAloneBeforeAndAfterTheSubjectWasDropped_AllCount()
    {
        using var limiter = new LimiterFixture(new RateLimitOptions { RequestsPerMinute = 0, RequestsPerHour = 10 });
        var caller = LimiterFixture.Caller();
        for (var round = 0; round < 2; round++)
        {
            limiter.Grains.Mood = GrainMood.Fails;
            await limiter.Acquire(caller);
            await limiter.Acquire(caller);
            limiter.Grains.Mood = GrainMood.Answers;
            limiter.Clock.Advance(TimeSpan.FromSeconds(1));
            await limiter.UpkeepAsync();
            limiter.Clock.Advance(TimeSpan.FromSeconds(100));
            await limiter.UpkeepAsync();
            Assert.Equal(0, limiter[0].Subjects);
        }

        Assert.Equal(6, limiter.Grains.Remaining());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Block_IsHeldToWhileTheLimiterIsAway(bool answersAreLost)
    {
        using var limiter = new LimiterFixture(perMinute: 4, block: true);
        var caller = LimiterFixture.Caller();
        for (var i = 0; i < 4; i++)
        {
            await limiter.Acquire(caller);
        }

        limiter.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        limiter.Grains.Mood = answersAreLost ? GrainMood.Loses : GrainMood.Fails;
        limiter.Clock.Advance(TimeSpan.FromSeconds(35));

        // The requests are out of the window. The block is not over.
        Assert.Equal(TimeSpan.FromSeconds(25), (await limiter.Acquire(caller)).Refusal?.RetryAfter);
        limiter.Clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Requests_AdmittedAloneWhileTheAnswerIsOnItsWay_ComeOutOfTheGrant()
    {
        using var limiter = new LimiterFixture(perMinute: 10);
        var caller = LimiterFixture.Caller();
        limiter.Grains.Mood = GrainMood.Fails;
        var admitted = await AdmittedAsync(limiter, caller, 2);
        var subject = (SubjectLimiter)caller.Accounts[0].LimiterState!;
        limiter.Grains.Mood = GrainMood.Late;
        var call = subject.CallAsync(8);
        while (limiter.Grains.Calls < 2)
        {
            await Task.Yield();
            call = subject.CallAsync(8);
        }

        admitted += await AdmittedAsync(limiter, caller, 3);
        Assert.Equal(5, admitted);
        limiter.Grains.Mood = GrainMood.Answers;
        limiter.Grains.LateAnswers.SetResult();
        await call;

        Assert.Equal(10, admitted + await AdmittedAsync(limiter, caller, 20));
    }

    [Fact]
    public async Task Share_ConfiguredInsteadOfOpenDuringAnOutage_KnowsWhatWentBefore()
    {
        using var limiter = new LimiterFixture(perMinute: 4, onDown: "open");
        limiter.Grains.Mood = GrainMood.Fails;
        var caller = LimiterFixture.Caller();
        Assert.Equal(4, await AdmittedAsync(limiter, caller, 4));

        limiter.Options.Reload(new RateLimitOptions { RequestsPerMinute = 4, RequestsPerHour = 0, Block = false, OnLimiterDown = "share" });

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        limiter.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(4, await AdmittedAsync(limiter, caller, 10));
    }

    [Fact]
    public async Task Block_ThatWasOverBeforeTheOutage_DoesNotHideHowFullTheWindowIsAgain()
    {
        using var limiter = new LimiterFixture(perMinute: 4, block: true, gateways: 2);
        var caller = LimiterFixture.Caller();
        var elsewhere = LimiterFixture.Caller();
        Assert.Equal(4, await AdmittedAsync(limiter, caller, 5));
        limiter.Clock.Advance(TimeSpan.FromSeconds(61));
        for (var i = 0; i < 4; i++)
        {
            Assert.Null((await limiter.Acquire(elsewhere, gateway: 1)).Refusal);
        }

        await ((SubjectLimiter)caller.Accounts[0].LimiterState!).CallAsync(SubjectLimiter.OnlyReport);
        limiter.Grains.Mood = GrainMood.Fails;

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task LostAnswer_IsAskedForAgainUnderTheSameName()
    {
        using var limiter = new LimiterFixture(perMinute: 10, onDown: "closed");
        var caller = LimiterFixture.Caller();
        limiter.Grains.Mood = GrainMood.Loses;
        await limiter.Acquire(caller);
        limiter.Clock.Advance(TimeSpan.FromSeconds(1));
        limiter.Grains.Mood = GrainMood.Answers;
        var subject = (SubjectLimiter)caller.Accounts[0].LimiterState!;
        await subject.CallAsync(0);

        Assert.Equal(2, limiter.Grains.Requests.Count);
        Assert.Equal(limiter.Grains.Requests[0].RequestId, limiter.Grains.Requests[1].RequestId);
        Assert.Equal(1, limiter.Grains.Book().Outstanding);
        Assert.False(subject.IsDown);
    }

    [Fact]
    public async Task LostLease_GoesBackUnused_WhereRequestsWereAdmittedAloneInstead()
    {
        using var limiter = new LimiterFixture(perMinute: 10);
        var caller = LimiterFixture.Caller();
        limiter.Grains.Mood = GrainMood.Loses;
        var admitted = 0;
        for (var i = 0; i < 30; i++)
        {
            admitted += (await limiter.Acquire(caller)).Refusal is null ? 1 : 0;
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(200));
            limiter.Grains.Mood = i > 5 ? GrainMood.Answers : GrainMood.Loses;
        }

        Assert.Equal(10, admitted);
    }

    private static async Task<int> AdmittedAsync(LimiterFixture limiter, Caller caller, int requests)
    {
        var admitted = 0;
        for (var i = 0; i < requests; i++)
        {
            admitted += (await limiter.Acquire(caller)).Refusal is null ? 1 : 0;
        }

        return admitted;
    }
}
