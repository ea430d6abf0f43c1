using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Which credential of a request counts, and as what (SPEC section 7).</summary>
public sealed class CredentialOrderTests : IDisposable
{
    private readonly TokenWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task KeyAndToken_Together_AreAConflict()
    {
        var key = await KeyAsync();
        var token = _world.Maker.Sign(_world.Maker.Claims());

        Assert.Equal(Refusals.ConflictingCredentials(), (await _world.World.AskAsync(("Authorization", "Bearer " + token), ("x-api-key", key))).Refusal);
        Assert.Equal(Refusals.ConflictingCredentials(), (await _world.World.AskAsync(("Authorization", "Bearer " + token), ("Authorization", "Bearer " + key))).Refusal);
        Assert.Equal("user:ada", (await _world.World.AskAsync(("Authorization", "Bearer " + token), ("x-api-key", token))).Caller?.Subject);
    }

    [Fact]
    public async Task Token_Expired_BesideAGoodKey_IsNotPassedOver()
    {
        var key = await KeyAsync();
        var expired = _world.Maker.Sign(_world.Maker.Claims(lifeSeconds: -600));

        Assert.Equal("token_expired", (await _world.AskAsync(expired)).Refusal?.Code);
        Assert.Equal(Refusals.ConflictingCredentials(), (await _world.World.AskAsync(("Authorization", "Bearer " + expired), ("api-key", key))).Refusal);
    }

    [Fact]
    public async Task Key_AsBearer_IsAKey_WhereTokensAreTaken()
    {
        var key = await KeyAsync();

        Assert.Equal($"key:{key.Substring(6, 12)}", (await _world.AskAsync(key)).Caller?.Subject);
        Assert.Equal(Refusals.InvalidKey(), (await _world.AskAsync("sk-pc-a.b.c")).Refusal);
    }

    [Fact]
    public async Task KeyOfTheFile_InTheFormOfAToken_IsNotTriedAsAKey()
    {
        using var world = new SecurityWorld(options =>
        {
            options.Auth.Keys.Add(new() { Name = "odd", Key = "a.b.c" });
            options.Auth.Jwt.Add(new() { Issuer = TokenMaker.Issuer, Audience = TokenMaker.Audience, Secret = TokenMaker.Secret });
        });
        using var file = await world.ReadFileAsync();

        Assert.Equal("invalid_token", (await world.AskAsync(("Authorization", "Bearer a.b.c"))).Refusal?.Code);
        Assert.Equal("key:file-odd", (await world.AskAsync(("x-api-key", "a.b.c"))).Caller?.Subject);
    }

    [Fact]
    public async Task Issuers_InTheFile_AskForCredentials()
    {
        using var world = new SecurityWorld(options => options.Auth.Jwt.Add(new() { Issuer = "i", Audience = "a", Secret = TokenMaker.Secret }));

        Assert.Equal(401, (await world.AskAsync()).Refusal?.Status);
    }

    [Fact]
    public async Task KeyInTheQuery_IsRefused_EvenBesideAGoodOne()
    {
        var key = await KeyAsync();
        foreach (var query in new[] { "?api_key=" + key, "?a=b&API_KEY=" + key, "?api%5Fkey=" + key, "?api_key=", "?api_key" })
        {
            Assert.Equal(Refusals.KeyInQuery(), (await AskAsync(query)).Refusal);
            Assert.Equal(Refusals.KeyInQuery(), (await AskAsync(query, key)).Refusal);
        }

        Assert.Equal(10, _world.World.CountOf(SecurityEventType.ApiKeyInQuery));
        Assert.DoesNotContain(key[20..], Refusals.KeyInQuery().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyInTheQuery_WhereItIsAllowed_IsTakenAndTold()
    {
        using var world = new SecurityWorld(options =>
        {
            options.Auth.Required = true;
            options.Auth.AllowKeyInQuery = true;
        });
        var key = await world.CreateAsync();
        var other = await world.CreateAsync();
        await world.HearAsync();

        var context = Context("?a=b&api_key=" + key);
        var taken = await world.Authenticator.AuthenticateAsync(context);
        var conflicting = await world.Authenticator.AuthenticateAsync(Context("?api_key=" + key, other));
        var twice = await world.Authenticator.AuthenticateAsync(Context($"?api_key={key}&api_key={other}"));
        var same = await world.Authenticator.AuthenticateAsync(Context("?api_key=" + key, key));

        Assert.Equal($"key:{key.Substring(6, 12)}", taken.Caller?.Subject);
        Assert.Equal("?a=b", context.Request.QueryString.Value);
        Assert.Equal((Refusals.ConflictingCredentials(), Refusals.ConflictingCredentials()), (conflicting.Refusal, twice.Refusal));
        Assert.Same(taken.Caller, same.Caller);
        Assert.Equal(4, world.CountOf(SecurityEventType.ApiKeyInQuery));
    }

    [Fact]
    public async Task Token_InTheQuery_IsNoToken()
    {
        using var world = new TokenWorld();
        world.World.Options.Auth.AllowKeyInQuery = true;
        world.World.Configuration.Replace(world.World.NewOptions(options =>
        {
            options.Auth.AllowKeyInQuery = true;
            options.Auth.Jwt.Add(world.Options);
        }));

        var answer = await world.World.Authenticator.AuthenticateAsync(Context("?api_key=" + world.Maker.Sign(world.Maker.Claims())));

        Assert.Equal(Refusals.InvalidKey(), answer.Refusal);
    }

    [Fact]
    public async Task Attempts_ThatFail_AreSecurityEventsWithoutTheCredential()
    {
        await _world.AskAsync("sk-pc-wrong");
        await _world.AskAsync("a.b.c");
        await _world.World.AskAsync();
        await _world.World.AskAsync(("x-api-key", "one"), ("api-key", "two"));

        Assert.Equal(4, _world.World.CountOf(SecurityEventType.AuthenticationFailed));
    }

    private async Task<string> KeyAsync()
    {
        var key = await _world.World.CreateAsync();
        await _world.World.HearAsync();
        return key;
    }

    private ValueTask<Authentication> AskAsync(string query, string? key = null) => _world.World.Authenticator.AuthenticateAsync(Context(query, key));

    private static DefaultHttpContext Context(string query, string? key = null)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        if (key is not null)
        {
            context.Request.Headers["x-api-key"] = key;
        }

        return context;
    }
}
