using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Requests that count against a key, its user, its team and a model.</summary>
public sealed class LevelTests
{
    private static RateLimitOptions Limits(int key = 0, int user = 0, int team = 0) => new()
    {
        RequestsPerMinute = key,
        RequestsPerHour = 0,
        Block = false,
        Users = new SubjectLimitOptions { RequestsPerMinute = user },
        Teams = new SubjectLimitOptions { RequestsPerMinute = team },
    };

    [Fact]
    public async Task Request_CountsAgainstEveryLevelThatHasALimit()
    {
        using var limiter = new LimiterFixture(Limits(key: 100, team: 50));
        var caller = LimiterFixture.Caller("key:a", "user:ada", "team:red");

        await limiter.Acquire(caller);

        Assert.Equal(["key:a", "team:red"], limiter.Grains.Subjects);
    }

    [Fact]
    public async Task Headers_TellTheMostConstrainedOfAllLevels()
    {
        using var limiter = new LimiterFixture(Limits(key: 100, user: 5, team: 50));

        Assert.Equal(new LimitDecision(null, 5, 4, TimeSpan.FromMinutes(1)) { Window = LimitWindow.Minute }, await limiter.Acquire(LimiterFixture.Caller("key:a", "user:ada", "team:red")));
    }

    [Fact]
    public async Task Keys_OfOneUser_ShareTheUsersLimit()
    {
        using var limiter = new LimiterFixture(Limits(key: 100, user: 4));
        for (var i = 0; i < 4; i++)
        {
            Assert.Null((await limiter.Acquire(LimiterFixture.Caller($"key:{i}", "user:ada"))).Refusal);
        }

        var refusal = (await limiter.Acquire(LimiterFixture.Caller("key:9", "user:ada"))).Refusal!;

        Assert.Equal((429, "requests_per_minute"), (refusal.Status, refusal.Code));
        Assert.StartsWith("The limit of 4 requests per minute of the user 'ada' is reached.", refusal.Message, StringComparison.Ordinal);
        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:9", "user:bob"))).Refusal);
    }

    [Fact]
    public async Task Token_TakenAtOneLevel_IsNeverUsedWhenAnotherRefuses()
    {
        using var limiter = new LimiterFixture(Limits(key: 100, team: 2));
        var caller = LimiterFixture.Caller("key:a", "team:red");
        for (var i = 0; i < 12; i++)
        {
            await limiter.Acquire(caller);
        }

        limiter.Clock.Advance(TimeSpan.FromSeconds(3));
        await limiter.UpkeepAsync();

        Assert.Equal((98, 0), (limiter.Grains.Remaining("key:a"), limiter.Grains.Book("key:a").Outstanding));
    }

    [Fact]
    public async Task RefusalsOfOneLevel_NeverBlockAnother()
    {
        var limits = Limits(key: 5, team: 2);
        limits.Block = true;
        limits.Teams.Block = false;
        using var limiter = new LimiterFixture(limits);
        var caller = LimiterFixture.Caller("key:a", "team:red");
        for (var i = 0; i < 30; i++)
        {
            await limiter.Acquire(caller);
        }

        Assert.Equal(3, limiter.Grains.Remaining("key:a") + limiter.Grains.Book("key:a").Outstanding);
        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:a"))).Refusal);
    }

    [Fact]
    public async Task EmptyLevels_AreAskedSideBySide_WithinOneQuarterSecond()
    {
        using var limiter = new LimiterFixture(Limits(key: 100, user: 100, team: 100), gateways: 2);
        limiter.Grains.Mood = GrainMood.Silent;

        var waiting = limiter.Acquire(LimiterFixture.Caller("key:a", "user:ada", "team:red")).AsTask();
        await limiter.Grains.AskedAsync(3);
        limiter.Clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(waiting.IsCompleted);
        limiter.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null((await waiting).Refusal);
    }

    [Fact]
    public async Task LevelThatIsDown_IsDecidedAloneAndTheOthersByTheirLimiters()
    {
        var limits = Limits(key: 100, team: 10);
        limits.Teams.OnLimiterDown = "closed";
        using var limiter = new LimiterFixture(limits);
        limiter.Grains.Moody = "team:red";
        limiter.Grains.Mood = GrainMood.Fails;

        Assert.Equal(503, (await limiter.Acquire(LimiterFixture.Caller("key:a", "team:red"))).Refusal?.Status);
        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:a"))).Refusal);
        limiter.Clock.Advance(TimeSpan.FromSeconds(3));
        await limiter.UpkeepAsync();
        Assert.Equal(99, limiter.Grains.Remaining("key:a"));
    }

    [Fact]
    public async Task AdmissionsOfALevelThatIsDown_AreTakenBackWhenAnotherLevelRefuses()
    {
        using var limiter = new LimiterFixture(Limits(key: 10, team: 2), gateways: 1);
        limiter.Grains.Moody = "key:a";
        limiter.Grains.Mood = GrainMood.Fails;
        var caller = LimiterFixture.Caller("key:a", "team:red");
        for (var i = 0; i < 20; i++)
        {
            await limiter.Acquire(caller);
        }

        // Two were admitted by the team: eight are left of the key's part.
        var alone = LimiterFixture.Caller("key:a");
        var admitted = 0;
        for (var i = 0; i < 20; i++)
        {
            admitted += (await limiter.Acquire(alone)).Refusal is null ? 1 : 0;
        }

        Assert.Equal(8, admitted);
    }

    [Fact]
    public async Task OwnLimits_GoBeforeTheDefaultsOfTheirKind_AndApplyToTheNextRequestWhenChanged()
    {
        using var limiter = new LimiterFixture(Limits(key: 100));
        var caller = LimiterFixture.Caller(new LimitSet { RequestsPerMinute = 3 }, "key:a");
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await limiter.Acquire(caller)).Refusal);
        }

        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        caller.Accounts[0].Limits = new LimitSet { RequestsPerMinute = 4 };
        Assert.Null((await limiter.Acquire(caller)).Refusal);
        Assert.NotNull((await limiter.Acquire(caller)).Refusal);
        caller.Accounts[0].Limits = new LimitSet { RequestsPerMinute = 0 };
        Assert.Equal(LimitDecision.Unlimited, await limiter.Acquire(caller));
    }

    [Theory]
    [InlineData(5, null, 5)] // given more than a user has: it was meant
    [InlineData(0, null, 7)] // given no limit at all
    [InlineData(2, null, 2)] // given less: the user's other keys have the rest
    [InlineData(5, 4, 4)] // the user was given limits too, which hold
    public async Task LimitGivenToAKey_GoesBeforeTheDefaultOfItsUser(int key, int? user, int admitted)
    {
        using var limiter = new LimiterFixture(Limits(key: 100, user: 3));
        var caller = LimiterFixture.Caller("key:a", "user:ada");
        caller.Accounts[0].Limits = new LimitSet { RequestsPerMinute = key };
        caller.Accounts[1].Limits = user is null ? null : new LimitSet { RequestsPerMinute = user };

        Assert.Equal(admitted, await AdmittedAsync(limiter, caller));
    }

    [Fact]
    public async Task LimitGivenToAKey_LeavesTheUsersOtherKeysAndTheTeamTheirs()
    {
        using var limiter = new LimiterFixture(Limits(key: 100, user: 3, team: 8));
        var caller = LimiterFixture.Caller("key:a", "user:ada", "team:red");
        caller.Accounts[0].Limits = new LimitSet { RequestsPerMinute = 6 };

        Assert.Equal(6, await AdmittedAsync(limiter, caller));
        Assert.Equal(2, await AdmittedAsync(limiter, LimiterFixture.Caller("key:b", "user:ada", "team:red")));
        Assert.Equal(1, await AdmittedAsync(limiter, LimiterFixture.Caller("key:c", "user:ada")));
    }

    [Fact]
    public async Task LimitGivenToAKey_LeavesTheUsersPlacesInFlight()
    {
        var limits = Limits(key: 100, user: 3);
        limits.Users.Concurrency = 2;
        using var limiter = new LimiterFixture(limits);
        var caller = LimiterFixture.Caller("key:a", "user:ada");
        caller.Accounts[0].Limits = new LimitSet { RequestsPerMinute = 50 };

        Assert.Equal(2, await AdmittedAsync(limiter, caller));
        Assert.Equal("concurrency", (await limiter.Acquire(caller)).Refusal?.Code);
    }

    [Fact]
    public async Task Model_IsLimitedOverAllCallers_ByTheFirstPatternThatFits()
    {
        var limits = Limits();
        limits.Models.Add(new ModelLimitOptions { Name = "gpt-4o", RequestsPerMinute = 2 });
        limits.Models.Add(new ModelLimitOptions { Name = "gpt-*", RequestsPerMinute = 1 });
        using var limiter = new LimiterFixture(limits);

        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:a"), model: "gpt-4o")).Refusal);
        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:b"), model: "gpt-4o")).Refusal);
        var refusal = (await limiter.Acquire(LimiterFixture.Caller("key:c"), model: "gpt-4o")).Refusal!;
        Assert.Contains("of the model 'gpt-4o'", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull((await limiter.Acquire(LimiterFixture.Caller("key:c"), model: "openai/gpt-4o")).Refusal);
        Assert.Null((await limiter.Acquire(LimiterFixture.Caller("key:c"), model: "gpt-5")).Refusal);
        Assert.NotNull((await limiter.Acquire(LimiterFixture.Caller("key:c"), model: "gpt-5-mini")).Refusal);
        Assert.Equal(LimitDecision.Unlimited, await limiter.Acquire(LimiterFixture.Caller("key:c"), model: "claude"));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, true)]
    public async Task Shadow_CountsAndTells_AndNeverRefuses(bool mode, bool? own)
    {
        var limits = Limits(key: 2, team: 100);
        limits.Mode = mode ? "shadow" : "enforce";
        limits.Teams.Mode = "enforce";
        using var limiter = new LimiterFixture(limits);
        var caller = LimiterFixture.Caller("key:a", "team:red");
        caller.Accounts[0].Limits = own is null ? null : new LimitSet { Shadow = own };
        for (var left = 99; left >= 95; left--)
        {
            // The shadow is not in the headers: it holds nobody up.
            Assert.Equal(new LimitDecision(null, 100, left, TimeSpan.FromMinutes(1)) { Window = LimitWindow.Minute }, await limiter.Acquire(caller));
        }

        Assert.Equal(0, limiter.Grains.Remaining("key:a"));
        Assert.Equal([("key:a", "requests_per_minute (shadow)")], limiter.Told);
    }

    [Fact]
    public async Task Refusal_IsASecurityEvent()
    {
        using var limiter = new LimiterFixture(Limits(key: 1));
        await limiter.Acquire(LimiterFixture.Caller("key:a"));
        await limiter.Acquire(LimiterFixture.Caller("key:a"));

        Assert.Equal([("key:a", "requests_per_minute")], limiter.Told);
    }

    [Fact]
    public async Task TwoLevelsThatRefuse_TellTheLongerWait()
    {
        var limits = Limits(key: 1);
        limits.Users.RequestsPerHour = 1;
        using var limiter = new LimiterFixture(limits);
        await limiter.Acquire(LimiterFixture.Caller("key:a", "user:ada"));

        var refusal = (await limiter.Acquire(LimiterFixture.Caller("key:a", "user:ada"))).Refusal!;

        Assert.Equal("requests_per_hour", refusal.Code);
        Assert.True(refusal.RetryAfter > TimeSpan.FromMinutes(50), $"{refusal.RetryAfter}");
    }

    [Fact]
    public async Task Burst_OverSeveralLevels_IsAdmittedToTheTightestLimitAndNotOneMore()
    {
        using var limiter = new LimiterFixture(Limits(key: 300, user: 200, team: 250));
        var callers = Enumerable.Range(0, 4).Select(i => LimiterFixture.Caller($"key:{i}", "user:ada", "team:red")).ToArray();

        var decisions = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Task.Run(async () => await limiter.Acquire(callers[i % 4]))));

        Assert.Equal(200, decisions.Count(decision => decision.Refusal is null));
        await limiter.ReturnAllAsync();
        Assert.Equal(50, limiter.Grains.Remaining("team:red"));
        Assert.Equal(4 * 300 - 200, Enumerable.Range(0, 4).Sum(i => limiter.Grains.Remaining($"key:{i}")));
    }

    private static async Task<int> AdmittedAsync(LimiterFixture limiter, Caller caller)
    {
        var admitted = 0;
        for (var i = 0; i < 7; i++)
        {
            admitted += (await limiter.Acquire(caller)).Refusal is null ? 1 : 0;
        }

        return admitted;
    }

    [Fact]
    public async Task Take_FromThreeLevels_AllocatesNothing()
    {
        using var limiter = new LimiterFixture(Limits(key: 1_000_000, user: 1_000_000, team: 1_000_000));
        var caller = LimiterFixture.Caller("key:a", "user:ada", "team:red");
        for (var i = 0; i < 20_000; i++)
        {
            limiter.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await limiter.Acquire(caller);
        }

        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 50; i++)
            {
                await limiter[0].AcquireAsync(new LimitedRequest(caller), CancellationToken.None);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
