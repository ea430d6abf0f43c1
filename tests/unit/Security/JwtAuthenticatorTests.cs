using System.Text.Json.Nodes;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class JwtAuthenticatorTests : IDisposable
{
    private readonly TokenWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("rsa-1", "RS256")]
    [InlineData("ec-1", "ES256")]
    [InlineData("ed-1", "EdDSA")]
    public async Task Token_OfEachKindOfKey_IsItsUser(string key, string algorithm)
    {
        var caller = await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims(), key, algorithm));

        Assert.Equal(("user:ada", "ada", null, true, false), (caller.Subject, caller.User, caller.Team, caller.IsLimited, caller.May(Permission.All)));
        Assert.Equal(["user"], caller.Roles);
        Assert.Equal(["user:ada"], caller.Accounts.Select(static account => account.Subject));
    }

    [Theory]
    [InlineData("PS256")]
    [InlineData("RS384")]
    public async Task Token_OfAnotherAlgorithm_IsTakenWhereItIsWrittenDown(string algorithm)
    {
        using var world = new TokenWorld(options => options.Algorithms.Add(algorithm));

        await world.AssertTakenAsync(world.Maker.Sign(world.Maker.Claims(), "rsa-1", algorithm));
        await world.AssertRefusedAsync(world.Maker.Sign(world.Maker.Claims(), "rsa-1", "RS256"));
    }

    [Fact]
    public async Task Token_SignedByASharedSecret_IsItsUser()
    {
        using var world = new TokenWorld(isSecret: true);

        Assert.Equal("ada", (await world.AssertTakenAsync(TokenMaker.SignBySecret(world.Maker.Claims()))).User);
        await world.AssertRefusedAsync(TokenMaker.SignBySecret("""{"alg":"HS256"}""", world.Maker.Claims().ToJsonString(), "another secret of 32 characters.."u8));
    }

    [Fact]
    public async Task Token_WithoutAKeyId_IsCheckedWithTheKeysOfItsAlgorithm() =>
        Assert.Equal("ada", (await _world.AssertTakenAsync(_world.Maker.Sign("""{"alg":"RS256"}""", _world.Maker.Claims().ToJsonString(), "rsa-1"))).User);

    [Fact]
    public async Task Claims_SayRolesTeamPermissionsAndLimits()
    {
        var claims = _world.Maker.Claims();
        claims["roles"] = new JsonArray("viewer", "unheard-of", 7);
        claims["team"] = "research";
        claims["permissions"] = "keys.read unheard-of routing.direct";
        claims["limits"] = new JsonObject { ["requests_per_minute"] = 7, ["dollars_per_day"] = 1.5, ["unheard_of"] = "x" };

        var caller = await _world.AssertTakenAsync(_world.Maker.Sign(claims));

        Assert.Equal(["viewer"], caller.Roles);
        Assert.Equal(RoleTable.BuiltIn.Allow(["viewer"], []) | Permission.KeysRead | Permission.RoutingDirect, caller.Permissions);
        Assert.Equal(("research", "research"), (caller.Team, caller.Tenant));
        var said = new LimitSet { RequestsPerMinute = 7, DollarsPerDay = 1.5m };
        Assert.Equal([TokenSubject.Of("ada", said), "user:ada", "team:research"], caller.Accounts.Select(static account => account.Subject));
        Assert.Equal([said, null, null], caller.Accounts.Select(static account => account.Limits));
    }

    [Fact]
    public async Task Limits_OfAToken_AreItsOwn_WhicheverOfTheUsersTokensComesFirst()
    {
        var (few, many, silent) = (_world.Maker.Claims(), _world.Maker.Claims(), _world.Maker.Claims());
        few["limits"] = new JsonObject { ["requests_per_minute"] = 10, ["dollars_per_day"] = 1.50 };
        many["limits"] = new JsonObject { ["requests_per_minute"] = 1000 };

        var callers = new List<Caller>();
        foreach (var claims in new[] { few, silent, many, few, silent })
        {
            claims["jti"] = $"token-{callers.Count}";
            callers.Add(await _world.AssertTakenAsync(_world.Maker.Sign(claims)));
        }

        Assert.Equal([10, null, 1000, 10, null], callers.Select(static caller => caller.Accounts[0].Limits?.RequestsPerMinute));
        Assert.All(callers, static caller => Assert.Null(caller.Accounts.Single(static account => account.Subject == "user:ada").Limits));
        Assert.Same(callers[0].Accounts[0], callers[3].Accounts[0]);
        Assert.Same(callers[1].Accounts[0], callers[4].Accounts[0]);
    }

    [Fact]
    public async Task Limits_ThatSayNothing_AreNone()
    {
        var claims = _world.Maker.Claims();
        claims["limits"] = new JsonObject();

        Assert.Equal(["user:ada"], (await _world.AssertTakenAsync(_world.Maker.Sign(claims))).Accounts.Select(static account => account.Subject));
    }

    [Fact]
    public async Task Claims_UnderOtherNames_AreFound()
    {
        using var world = new TokenWorld(options =>
        {
            options.Claims.User = "preferred_username";
            options.Claims.Roles = "realm_access.roles";
            options.Claims.Team = "https://example.com/team";
            options.Claims.Permissions = "scope";
            options.Roles["llm-operators"] = "editor";
            options.UserPrefix = "kc:";
        });
        var claims = world.Maker.Claims();
        claims["preferred_username"] = "ada@example.com";
        claims["realm_access"] = new JsonObject { ["roles"] = new JsonArray("llm-operators", "admin") };
        claims["https://example.com/team"] = "research";
        claims["scope"] = "openid usage.read";

        var caller = await world.AssertTakenAsync(world.Maker.Sign(claims));

        Assert.Equal(("user:kc:ada@example.com", "research"), (caller.Subject, caller.Team));

        // The issuer's own 'admin' is not ours.
        Assert.Equal(["editor"], caller.Roles);
        Assert.False(caller.May(Permission.KeysWrite));
        Assert.True(caller.May(Permission.UsageRead | Permission.ModelsWrite));
    }

    [Fact]
    public async Task Claims_ThatAreAbsent_HaveTheDefaults()
    {
        using var world = new TokenWorld(options =>
        {
            options.DefaultRole = "viewer";
            options.DefaultTeam = "everybody";
        });
        var absent = await world.AssertTakenAsync(world.Maker.Sign(world.Maker.Claims()));
        var claims = world.Maker.Claims();
        claims["roles"] = new JsonArray();

        var empty = await world.AssertTakenAsync(world.Maker.Sign(claims));

        Assert.Equal(["viewer"], absent.Roles);
        Assert.Equal("everybody", absent.Team);
        Assert.Empty(empty.Roles);
        Assert.Equal(Permission.None, empty.Permissions);
    }

    [Fact]
    public async Task Tokens_OfOneUser_ShareItsAccounts()
    {
        var one = _world.Maker.Claims();
        one["team"] = "research";
        var two = _world.Maker.Claims(lifeSeconds: 1000);
        two["team"] = "research";

        var first = await _world.AssertTakenAsync(_world.Maker.Sign(one));
        var second = await _world.AssertTakenAsync(_world.Maker.Sign(two, "ec-1"));

        Assert.Same(first.Accounts[0], second.Accounts[0]);
        Assert.Same(first.Accounts[1], second.Accounts[1]);
    }

    [Fact]
    public async Task Token_IsRememberedForAMinuteAtMost_AndAlwaysWithTheSameCaller()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims());
        var caller = await _world.AssertTakenAsync(token);
        Assert.Same(caller, (await _world.AskAsync(token)).Caller);
        Assert.NotNull(Remembered(token));

        _world.World.Clock.Advance(JwtCache.Lifetime);

        Assert.Null(Remembered(token));
        Assert.Same(caller, (await _world.AskAsync(token)).Caller);
    }

    [Fact]
    public async Task Token_IsNotRememberedBeyondItsEnd()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims(lifeSeconds: 10));
        await _world.AssertTakenAsync(token);
        _world.World.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Remembered(token));

        // The clocks' difference is all that keeps it: it is checked each time.
        await _world.AssertTakenAsync(token);
        Assert.Null(Remembered(token));
        _world.World.Clock.Advance(TimeSpan.FromSeconds(60));

        await _world.AssertRefusedAsync(token, "token_expired");
    }

    [Fact]
    public async Task Token_WithChangedSettings_IsJudgedAnew()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims());
        await _world.AssertTakenAsync(token);

        _world.World.Configuration.Replace(_world.World.NewOptions(options =>
        {
            options.Auth.Required = true;
            options.Auth.Jwt.Add(new() { Issuer = TokenMaker.Issuer, Audience = "another", JwksUrl = "https://issuer.example/jwks" });
        }));

        await _world.AssertRefusedAsync(token);
    }

    [Fact]
    public async Task User_Suspended_IsRefusedAtOnce()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims());
        var caller = await _world.AssertTakenAsync(token);

        caller.Accounts[0].IsSuspended = true;

        Assert.Equal(Refusals.Suspended(), (await _world.AskAsync(token)).Refusal);
    }

    [Fact]
    public async Task Check_OfARememberedToken_AllocatesNothing()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims());
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + token;
        for (var i = 0; i < 100; i++)
        {
            Assert.NotNull((await _world.World.Authenticator.AuthenticateAsync(context)).Caller);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            // Awaiting what has completed stays on this thread.
            await _world.World.Authenticator.AuthenticateAsync(context);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private Caller? Remembered(string token)
    {
        Assert.True(JwtHash.TryOf(token, out var hash));
        return _world.World.Issuers.Current.Tokens.Find(hash);
    }
}
