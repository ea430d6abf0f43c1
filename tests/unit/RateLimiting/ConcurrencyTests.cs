using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Requests in flight, of a subject and over the cluster.</summary>
public sealed class ConcurrencyTests
{
    private static RateLimitOptions Limits(int key = 0, int team = 0, int perMinute = 0) => new()
    {
        RequestsPerMinute = perMinute,
        RequestsPerHour = 0,
        Concurrency = key,
        Block = false,
        Teams = new SubjectLimitOptions { Concurrency = team },
    };

    [Fact]
    public async Task Request_BeyondThoseInFlight_IsRefusedUntilOneEnds()
    {
        using var limiter = new LimiterFixture(Limits(key: 2));
        var caller = LimiterFixture.Caller();
        var first = await limiter.Acquire(caller);
        await limiter.Acquire(caller);

        var refused = await limiter.Acquire(caller);
        limiter[0].Release(first);
        var next = await limiter.Acquire(caller);

        Assert.Equal((429, "concurrency"), (refused.Refusal!.Status, refused.Refusal.Code));
        Assert.StartsWith("The limit of 2 requests in flight of the API key 'abc' is reached.", refused.Refusal.Message, StringComparison.Ordinal);
        Assert.Null(next.Refusal);
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Release_OfARefusedRequest_GivesNothingBack()
    {
        using var limiter = new LimiterFixture(Limits(key: 1));
        var caller = LimiterFixture.Caller();
        await limiter.Acquire(caller);
        limiter[0].Release(await limiter.Acquire(caller));

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task RefusalForConcurrency_UsesNoTokenAndRefusalForTokensNoPlace()
    {
        using var limiter = new LimiterFixture(Limits(key: 2, perMinute: 3));
        var caller = LimiterFixture.Caller();
        var held = new[] { await limiter.Acquire(caller), await limiter.Acquire(caller) };
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("concurrency", (await limiter.Acquire(caller)).Refusal!.Code);
        }

        limiter[0].Release(held[0]);
        limiter[0].Release(held[1]);
        held[0] = await limiter.Acquire(caller);
        Assert.Null(held[0].Refusal);
        Assert.Equal("requests_per_minute", (await limiter.Acquire(caller)).Refusal!.Code);
        Assert.Equal("requests_per_minute", (await limiter.Acquire(caller)).Refusal!.Code);
        Assert.Equal(1, ((SubjectLimiter)caller.Accounts[0].LimiterState!).Slots!.InUse);
    }

    [Fact]
    public async Task Levels_AreHeldEachByItself_AndAllOrNone()
    {
        using var limiter = new LimiterFixture(Limits(key: 2, team: 3));
        var a = LimiterFixture.Caller("key:a", "team:red");
        var b = LimiterFixture.Caller("key:b", "team:red");
        await limiter.Acquire(a);
        await limiter.Acquire(a);
        await limiter.Acquire(b);

        var refusal = (await limiter.Acquire(b)).Refusal!;

        Assert.Contains("the team 'red'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, ((SubjectLimiter)b.Accounts[0].LimiterState!).Slots!.InUse);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    public async Task Gateways_Together_HaveNoMoreInFlightThanTheLimit(int limit)
    {
        using var limiter = new LimiterFixture(Limits(key: limit), gateways: 2);
        var callers = new[] { LimiterFixture.Caller(), LimiterFixture.Caller() };
        var admitted = 0;
        for (var i = 0; i < 3 * limit; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(300));
            if (i % 3 == 0)
            {
                await limiter.UpkeepAsync();
            }

            admitted += (await AcquireAsync(limiter, callers[i % 2], i % 2)).Refusal is null ? 1 : 0;
        }

        Assert.Equal(limit, admitted);
    }

    [Fact]
    public async Task Gateway_ThatDies_LeavesItsPlacesWhenItsLeaseEnds()
    {
        using var limiter = new LimiterFixture(Limits(key: 4), gateways: 2);
        for (var i = 0; i < 4; i++)
        {
            Assert.Null((await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 0)).Refusal);
        }

        Assert.NotNull((await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 1)).Refusal);

        // Nobody renews for the first gateway.
        limiter.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Null((await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 1)).Refusal);
    }

    [Fact]
    public async Task Stream_OfAnHour_KeepsItsPlace()
    {
        using var limiter = new LimiterFixture(Limits(key: 4), gateways: 2);
        for (var i = 0; i < 4; i++)
        {
            await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 0);
        }

        for (var second = 0; second < 3_600; second++)
        {
            limiter.Clock.Advance(TimeSpan.FromSeconds(1));
            await limiter.UpkeepAsync();
        }

        Assert.Equal(4, limiter.Grains.Promised());
        Assert.NotNull((await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 1)).Refusal);
    }

    [Fact]
    public async Task Places_NotUsedAnyMore_GoBack()
    {
        using var limiter = new LimiterFixture(Limits(key: 40), gateways: 2);
        var held = await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 0);
        limiter[0].Release(held);
        for (var second = 0; second < 25; second++)
        {
            limiter.Clock.Advance(TimeSpan.FromSeconds(1));
            await limiter.UpkeepAsync();
        }

        Assert.Equal(0, limiter.Grains.Promised());
    }

    [Theory]
    [InlineData("share", 200)]
    [InlineData("open", 200)]
    [InlineData("closed", 503)]
    public async Task SilentLimiter_IsHandledAsConfigured(string onDown, int status)
    {
        var limits = Limits(key: 10);
        limits.OnLimiterDown = onDown;
        using var limiter = new LimiterFixture(limits, gateways: 2);
        limiter.Grains.Mood = GrainMood.Fails;

        var decision = await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 0);

        Assert.Equal(status, decision.Refusal?.Status ?? 200);
    }

    [Fact]
    public async Task Share_OfASilentLimiter_IsThisGatewaysPart()
    {
        using var limiter = new LimiterFixture(Limits(key: 10), gateways: 2);
        limiter.Grains.Mood = GrainMood.Fails;
        var admitted = 0;
        for (var i = 0; i < 20; i++)
        {
            admitted += (await AcquireAsync(limiter, LimiterFixture.Caller(), gateway: 0)).Refusal is null ? 1 : 0;
        }

        Assert.Equal(5, admitted);
    }

    [Fact]
    public async Task Limit_LoweredAtRunTime_AppliesToTheNextRequest()
    {
        using var limiter = new LimiterFixture(Limits(key: 5));
        var caller = LimiterFixture.Caller();
        var held = new List<LimitDecision> { await limiter.Acquire(caller), await limiter.Acquire(caller), await limiter.Acquire(caller) };
        caller.Accounts[0].Limits = new LimitSet { Concurrency = 2 };

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        limiter[0].Release(held[0]);
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        limiter[0].Release(held[1]);
        Assert.Null((await limiter.Acquire(caller)).Refusal);
        caller.Accounts[0].Limits = new LimitSet { Concurrency = 0 };
        Assert.Null((await limiter.Acquire(caller)).Refusal);
    }

    [Fact]
    public async Task Client_ThatLeavesWhileItWaits_HoldsNothing()
    {
        using var limiter = new LimiterFixture(Limits(key: 1, perMinute: 10), gateways: 1);
        limiter.Grains.Mood = GrainMood.Silent;
        var caller = LimiterFixture.Caller();
        using var left = new CancellationTokenSource();
        var waiting = limiter[0].AcquireAsync(new LimitedRequest(caller), left.Token).AsTask();
        await limiter.Grains.AskedAsync(1);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, ((SubjectLimiter)caller.Accounts[0].LimiterState!).Slots!.InUse);
    }

    [Fact]
    public async Task Burst_OfConcurrentRequests_NeverHasMoreInFlightThanTheLimit()
    {
        using var limiter = new LimiterFixture(Limits(key: 8));
        var caller = LimiterFixture.Caller();
        var (inFlight, most) = (0, 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var decision = await limiter.Acquire(caller);
                if (decision.Refusal is not null)
                {
                    continue;
                }

                lock (gate)
                {
                    most = Math.Max(most, ++inFlight);
                }

                await Task.Yield();
                lock (gate)
                {
                    inFlight--;
                }

                limiter[0].Release(decision);
            }
        })));

        Assert.InRange(most, 1, 8);
        Assert.Equal(0, ((SubjectLimiter)caller.Accounts[0].LimiterState!).Slots!.InUse);
    }

    private static ValueTask<LimitDecision> AcquireAsync(LimiterFixture limiter, Caller caller, int gateway) => limiter.Acquire(caller, gateway);
}
