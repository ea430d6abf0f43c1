using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>What the caller of a key has from its makers, its user and its team, and how soon it changes.</summary>
public sealed class KeyOwnersTests : IDisposable
{
    private readonly SecurityWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Caller_HasItsUserAndTeam_AndCountsAgainstAllThree()
    {
        await _world.SetAsync(Team("research"));
        await _world.SetAsync(User("ada") with { Team = "research", Limits = new LimitSet { RequestsPerMinute = 7 } });
        var caller = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada", Limits = new LimitSet { Concurrency = 2 } }));

        Assert.Equal(("ada", "research", "research"), (caller.User, caller.Team, caller.Tenant));
        Assert.Equal([caller.Subject, "user:ada", "team:research"], caller.Accounts.Select(account => account.Subject));
        Assert.Equal((2, 7, null), (caller.Accounts[0].Limits!.Concurrency, caller.Accounts[1].Limits!.RequestsPerMinute, caller.Accounts[2].Limits));
    }

    [Fact]
    public async Task Accounts_OfOneUser_AreShared_AndSeeNewLimitsAtOnce()
    {
        await _world.SetAsync(User("ada"));
        var one = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada" }));
        var other = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada" }));
        Assert.Same(one.Accounts[1], other.Accounts[1]);

        await _world.SetAsync(User("ada") with { Limits = new LimitSet { DollarsPerDay = 5 } });
        await _world.HearAsync();

        Assert.Equal(5, one.Accounts[1].Limits!.DollarsPerDay);
    }

    [Fact]
    public async Task User_ThatMovesToAnotherTeam_TakesItsKeysAlong()
    {
        await _world.SetAsync(User("ada") with { Team = "research" });
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada" });
        Assert.Equal("research", (await AskAsync(key)).Team);

        await _world.SetAsync(User("ada") with { Team = "sales" });
        await _world.HearAsync();

        Assert.Equal("sales", (await AskAsync(key)).Team);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Team_SuspendedOrDeleted_IsSoInTheAccountThatItsKeysShare(bool suspended, bool deleted)
    {
        await _world.SetAsync(Team("research"));
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { Team = "research" });
        Assert.DoesNotContain((await AskAsync(key)).Accounts, account => account.IsSuspended);

        await _world.SetAsync(Team("research") with { Suspended = suspended, Deleted = deleted });
        await _world.HearAsync();
        Assert.Contains((await _world.AskAsync(("x-api-key", key))).Caller?.Accounts ?? [new Account("refused") { IsSuspended = true }], account => account.IsSuspended);

        await _world.SetAsync(Team("research"));
        await _world.HearAsync();
        Assert.DoesNotContain((await AskAsync(key)).Accounts, account => account.IsSuspended);
    }

    [Fact]
    public async Task Key_WhoseMakerMayDoLessNow_MayDoLessToo_WithItsNextRequest()
    {
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin) with { Models = ["gpt-*"] });
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin) with { Models = ["gpt-4o", "gpt-5"], CreatedBy = "key:" + SecurityWorld.IdOf(maker) });
        var before = await AskAsync(key);
        Assert.Equal((Permission.All, 2), (before.Permissions, before.Accounts[0].Models.Length));

        var record = _world.Table.FindRecord(SecurityWorld.IdOf(maker))!;
        await _world.ShardOf(maker).ChangeAsync(record with { Roles = [KeyRoles.User], Models = ["gpt-4*"], Limits = new LimitSet { RequestsPerMinute = 3 } }, 0);
        await _world.HearAsync();

        var after = await AskAsync(key);
        Assert.Equal(Permission.Inference | Permission.ModelsRead, after.Permissions);
        Assert.False(after.May(Permission.All));
        Assert.Equal(["gpt-4o"], after.Accounts[0].Models);
        Assert.Equal(3, after.Accounts[0].Limits!.RequestsPerMinute);
    }

    [Fact]
    public async Task Key_WhoseMakersUserOrTeamMayUseLessNow_MayUseLessToo_ThoughItBelongsToNeither()
    {
        await _world.SetAsync(User("ada") with { Team = "research" });
        await _world.SetAsync(Team("research"));
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin) with { User = "ada" });
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { Models = ["gpt-4o", "claude-x"], CreatedBy = "key:" + SecurityWorld.IdOf(maker) });
        Assert.Equal(["gpt-4o", "claude-x"], (await AskAsync(key)).Accounts[0].Models);

        await _world.SetAsync(User("ada") with { Team = "research", Models = ["gpt-*"] });
        await _world.SetAsync(Team("research") with { Regions = ["eu"] });
        await _world.HearAsync();

        var after = await AskAsync(key);
        Assert.Equal(["gpt-4o"], after.Accounts[0].Models);
        Assert.Equal(["eu"], after.Accounts[0].Regions);
    }

    [Fact]
    public async Task Key_OfAUsersToken_IsHeldToTheUsersTeam()
    {
        await _world.SetAsync(User("ada") with { Team = "research" });
        await _world.SetAsync(Team("research") with { Models = ["gpt-*"] });

        var caller = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { Models = ["gpt-4o", "claude-x"], CreatedBy = "user:ada" }));

        Assert.Equal(["gpt-4o"], caller.Accounts[0].Models);
    }

    [Theory]
    [InlineData("user:ada", true, false)]
    [InlineData("user:ada", false, true)]
    [InlineData("team:research", true, false)]
    [InlineData("team:research", false, true)]
    public async Task Key_OfAMakerThatIsShutOut_IsShutOutToo_AndComesBackWithIt(string subject, bool suspended, bool deleted)
    {
        await _world.SetAsync(User("ada") with { Team = "research" });
        await _world.SetAsync(Team("research"));
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin) with { User = "ada" });
        var made = new[]
        {
            await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { CreatedBy = "key:" + SecurityWorld.IdOf(maker) }),
            await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { CreatedBy = "user:ada" }),
        };
        var record = subject == "user:ada" ? User("ada") with { Team = "research" } : Team("research");

        await _world.SetAsync(record with { Suspended = suspended, Deleted = deleted });
        await _world.HearAsync();
        foreach (var key in made)
        {
            Assert.Equal((403, "account_suspended"), await RefusalAsync(key));
        }

        await _world.SetAsync(record);
        await _world.HearAsync();
        foreach (var key in made)
        {
            Assert.DoesNotContain((await AskAsync(key)).Accounts, static account => account.IsSuspended);
        }
    }

    [Fact]
    public async Task Key_OfNoUser_IsHeldToTheLimitsOfItsMakersUserAndTeam()
    {
        await _world.SetAsync(User("ada") with { Team = "research", Limits = new LimitSet { RequestsPerMinute = 60, DollarsPerDay = 5 } });
        await _world.SetAsync(Team("research") with { Limits = new LimitSet { DollarsPerDay = 3, Concurrency = 9 } });
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada" });

        foreach (var by in new[] { "key:" + SecurityWorld.IdOf(maker), "user:ada" })
        {
            var caller = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { CreatedBy = by, Limits = new LimitSet { RequestsPerMinute = 100, TokensPerMinute = 7 } }));

            Assert.Equal(new LimitSet { RequestsPerMinute = 60, TokensPerMinute = 7, DollarsPerDay = 3, Concurrency = 9 }, caller.Accounts[0].Limits);
        }
    }

    [Fact]
    public async Task Key_ThatCountsAgainstItsMakersUserAndTeamItself_HasNoSecondLimitOfThem()
    {
        await _world.SetAsync(User("ada") with { Team = "research", Limits = new LimitSet { RequestsPerMinute = 60 } });
        await _world.SetAsync(Team("research") with { Limits = new LimitSet { DollarsPerDay = 3 } });
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada" });

        var caller = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "ada", Team = "research", CreatedBy = "key:" + SecurityWorld.IdOf(maker) }));

        Assert.Equal([null, 60, null], caller.Accounts.Select(static account => account.Limits?.RequestsPerMinute));
        Assert.Null(caller.Accounts[0].Limits);
    }

    [Fact]
    public async Task Key_OfAnAdminsKey_IsNotHeldToTheAdminsOwnLimits()
    {
        await _world.SetAsync(User("ada") with { Limits = new LimitSet { RequestsPerMinute = 60 } });
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin) with { User = "ada" });

        Assert.Null((await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { CreatedBy = "key:" + SecurityWorld.IdOf(maker) }))).Accounts[0].Limits);
    }

    [Fact]
    public async Task Key_OfMorePriorityThanItsMakerHasNow_HasItsMakers()
    {
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin));
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { Priority = RequestPriority.Critical, CreatedBy = "key:" + SecurityWorld.IdOf(maker) });
        Assert.Equal(RequestPriority.Critical, (await AskAsync(key)).Priority);

        var record = _world.Table.FindRecord(SecurityWorld.IdOf(maker))!;
        await _world.ShardOf(maker).ChangeAsync(record with { Roles = [KeyRoles.User] }, 0);
        await _world.HearAsync();

        Assert.Equal(RequestPriority.Normal, (await AskAsync(key)).Priority);
    }

    [Fact]
    public async Task Key_WhoseMakerIsRevoked_KeepsWhatTheMakerHadLast()
    {
        var maker = await HeardAsync(SecurityWorld.Wish(KeyRoles.User));
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin) with { CreatedBy = "key:" + SecurityWorld.IdOf(maker) });

        await _world.ShardOf(maker).RevokeAsync(SecurityWorld.IdOf(maker));
        await _world.HearAsync();

        Assert.Equal(Permission.Inference | Permission.ModelsRead, (await AskAsync(key)).Permissions);
    }

    [Fact]
    public async Task Keys_ThatMadeOneAnotherInACircle_MayDoNothing()
    {
        var key = await HeardAsync(SecurityWorld.Wish(KeyRoles.Admin));
        var stub = _world.ShardOf(key);
        stub.Keys.Apply(stub.Keys.Plan(stub.Keys.Find(SecurityWorld.IdOf(key))! with { CreatedBy = "key:" + SecurityWorld.IdOf(key) }));
        await _world.HearAsync();

        Assert.Equal(Permission.None, (await AskAsync(key)).Permissions);
    }

    [Fact]
    public async Task Key_OfAUserThatNobodyMade_HasItsAccountAllTheSame()
    {
        var caller = await AskAsync(await HeardAsync(SecurityWorld.Wish(KeyRoles.User) with { User = "unknown", Team = "nowhere" }));

        Assert.Equal([caller.Subject, "user:unknown", "team:nowhere"], caller.Accounts.Select(account => account.Subject));
    }

    private static SubjectRecord Team(string id) => new() { Kind = SubjectKind.Team, Id = id };

    private static SubjectRecord User(string id) => new() { Kind = SubjectKind.User, Id = id };

    private async Task<string> HeardAsync(KeyRecord wish)
    {
        var key = await _world.CreateAsync(wish);
        await _world.HearAsync();
        return key;
    }

    private async Task<(int?, string?)> RefusalAsync(string key)
    {
        var answer = await _world.AskAsync(("x-api-key", key));
        return (answer.Refusal?.Status, answer.Refusal?.Code);
    }

    private async Task<Caller> AskAsync(string key)
    {
        var answer = await _world.AskAsync(("x-api-key", key));
        Assert.NotNull(answer.Caller);
        return answer.Caller;
    }
}
