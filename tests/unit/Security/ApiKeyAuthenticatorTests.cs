using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class ApiKeyAuthenticatorTests : IDisposable
{
    private readonly SecurityWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("authorization", "bearer {0}")]
    [InlineData("Authorization", "BEARER   {0}")]
    [InlineData("x-api-key", "{0}")]
    [InlineData("X-Api-Key", "{0}")]
    [InlineData("api-key", "{0}")]
    public async Task Key_InEachHeaderForm_IsItsCaller(string header, string form)
    {
        var key = await _world.CreateAsync();
        await _world.HearAsync();

        var answer = await _world.AskAsync((header, string.Format(null, form, key)));

        Assert.Equal($"key:{key.Substring(6, 12)}", answer.Caller?.Subject);
        Assert.Equal((false, true), (answer.Caller!.May(Permission.All), answer.Caller.IsLimited));
    }

    [Fact]
    public async Task Key_ThatIsKnown_IsAnsweredAtOnce_AndAlwaysWithTheSameCaller()
    {
        var key = await _world.CreateAsync(KeyRoles.Admin);
        await _world.HearAsync();

        var first = _world.AskAsync(("x-api-key", key)).AsTask();
        var second = _world.AskAsync(("api-key", key)).AsTask();

        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
        Assert.Same((await first).Caller, (await second).Caller);
        Assert.True((await first).Caller!.May(Permission.All));
        Assert.Equal(0, _world.ShardOf(key).Finds);
    }

    [Fact]
    public async Task Key_SentTwiceTheSame_IsNoConflict()
    {
        var key = await _world.CreateAsync();
        await _world.HearAsync();

        Assert.NotNull((await _world.AskAsync(("Authorization", "Bearer " + key), ("x-api-key", key), ("api-key", key))).Caller);
    }

    [Theory]
    [InlineData("Authorization", "Bearer other", "x-api-key")]
    [InlineData("Authorization", "Basic dTpw", "x-api-key")]
    [InlineData("api-key", "other", "x-api-key")]
    [InlineData("x-api-key", "other", "x-api-key")]
    [InlineData("x-api-key", "other", "api-key")]
    public async Task TwoDifferentCredentials_AreAConflict(string header, string other, string keyHeader)
    {
        var key = await _world.CreateAsync();
        await _world.HearAsync();

        Assert.Equal(Refusals.ConflictingCredentials(), (await _world.AskAsync((header, other), (keyHeader, key))).Refusal);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "x-unrelated", "x" },
        { "Authorization", "" },
        { "Authorization", "Bearer" },
        { "Authorization", "Bearer " },
        { "Authorization", "Basic dTpw" },
        { "Authorization", ApiKeyFormatTests.Golden },
        { "x-api-key", "" },
        { "x-api-key", "sk-wrong" },
        { "x-api-key", ApiKeyFormatTests.Golden },
        { "x-api-key", ApiKeyFormatTests.Golden[..^1] + "S" },
        { "x-api-key", new string('x', KeyHash.LongestKey + 1) },
        { "x-api-key", "é" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Credential_MissingOrWrong_IsRefusedInTheSameWords(string header, string value) =>
        Assert.Equal(Refusals.InvalidKey(), (await _world.AskAsync((header, value))).Refusal);

    [Fact]
    public async Task Key_Revoked_IsRefusedLikeAnUnknownOne()
    {
        var key = await _world.CreateAsync();
        await _world.HearAsync();
        await _world.ShardOf(key).RevokeAsync(key.Substring(6, 12));
        await _world.HearAsync();

        Assert.Equal(Refusals.InvalidKey(), (await _world.AskAsync(("x-api-key", key))).Refusal);
        Assert.Equal(0, _world.ShardOf(key).Finds);
    }

    [Fact]
    public async Task Key_AtItsEnd_IsRefused()
    {
        var key = await _world.CreateAsync(expiresAt: _world.Clock.GetUtcNow().AddMinutes(1));
        await _world.HearAsync();
        Assert.NotNull((await _world.AskAsync(("x-api-key", key))).Caller);

        _world.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Refusals.InvalidKey(), (await _world.AskAsync(("x-api-key", key))).Refusal);
    }

    [Fact]
    public async Task Key_NotHeardOfYet_IsLookedUpOnce()
    {
        var key = await _world.CreateAsync();

        Assert.NotNull((await _world.AskAsync(("x-api-key", key))).Caller);
        Assert.NotNull((await _world.AskAsync(("x-api-key", key))).Caller);

        Assert.Equal(1, _world.ShardOf(key).Finds);
    }

    [Fact]
    public async Task Key_UnknownToAll_IsLookedUpOnceInFiveSeconds()
    {
        var key = SecurityWorld.RandomKey();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Refusals.InvalidKey(), (await _world.AskAsync(("x-api-key", key))).Refusal);
        }

        Assert.Equal(1, _world.ShardOf(key).Finds);
        _world.Clock.Advance(KeyLookup.NegativeLifetime);
        await _world.AskAsync(("x-api-key", key));
        Assert.Equal(2, _world.ShardOf(key).Finds);
    }

    [Fact]
    public async Task Key_AskedForByManyAtOnce_IsLookedUpOnce()
    {
        var key = await _world.CreateAsync();
        var silence = new TaskCompletionSource();
        _world.ShardOf(key).Silence = silence.Task;
        var requests = Enumerable.Range(0, 20).Select(_ => _world.AskAsync(("x-api-key", key)).AsTask()).ToArray();

        silence.SetResult();
        var answers = await Task.WhenAll(requests);

        Assert.All(answers, answer => Assert.NotNull(answer.Caller));
        Assert.Equal(1, _world.ShardOf(key).Finds);
    }

    [Fact]
    public async Task Key_OfASilentDirectory_IsNotCalledWrong()
    {
        var key = await _world.CreateAsync();
        _world.ShardOf(key).Silence = new TaskCompletionSource().Task;
        var answer = _world.AskAsync(("x-api-key", key)).AsTask();
        Assert.False(answer.IsCompleted);

        _world.Clock.Advance(KeyLookup.Deadline);

        Assert.Equal(Refusals.KeysStale(), (await answer).Refusal);
    }

    [Fact]
    public async Task Lookups_OfStrangers_AreBounded()
    {
        for (var shard = 0; shard < 64; shard++)
        {
            _world.Shard(shard).Silence = new TaskCompletionSource().Task;
        }

        for (var i = 0; i < KeyLookup.MostInFlight; i++)
        {
            Assert.False(_world.AskAsync(("x-api-key", SecurityWorld.RandomKey())).AsTask().IsCompleted);
        }

        var oneMore = _world.AskAsync(("x-api-key", SecurityWorld.RandomKey())).AsTask();

        Assert.True(oneMore.IsCompleted);
        Assert.Equal(Refusals.KeysStale(), (await oneMore).Refusal);
    }

    [Fact]
    public async Task Keys_OfADirectoryNotHeardForTooLong_AreNotTrusted_ThoseOfTheFileAre()
    {
        using var world = new SecurityWorld(o => o.Auth.Keys.Add(new KeyOptions { Name = "ci", Key = "of-the-file" }));
        using var file = await world.ReadFileAsync();
        var key = await world.CreateAsync();
        await world.HearAsync();

        world.Clock.Advance(TimeSpan.FromSeconds(300));
        Assert.NotNull((await world.AskAsync(("x-api-key", key))).Caller);
        world.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Refusals.KeysStale(), (await world.AskAsync(("x-api-key", key))).Refusal);
        Assert.Equal("key:file-ci", (await world.AskAsync(("x-api-key", "of-the-file"))).Caller?.Subject);
    }

    [Fact]
    public async Task Check_OfAKnownKey_AllocatesNothing()
    {
        var key = await _world.CreateAsync();
        await _world.HearAsync();
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + key;
        for (var i = 0; i < 100; i++)
        {
            await _world.Authenticator.AuthenticateAsync(context);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            // Awaiting what has completed stays on this thread.
            await _world.Authenticator.AuthenticateAsync(context);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
